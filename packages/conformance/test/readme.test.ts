import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PROMISE_TABLE } from './promiseTable.js';

const README = join(__dirname, '..', 'README.md');
const START = '<!-- promises: written by `npm run promises` -->\n\n';
const END = '\n\n<!-- end of promises -->';

it('the README shows which adapter keeps which promise, as the other tests of this folder have it', () => {
  const readme = readFileSync(README, 'utf8');
  const [before, rest = ''] = readme.split(START);
  const after = rest.split(END)[1];
  const current = `${before}${START}${PROMISE_TABLE}${END}${after}`;
  if (process.env.WRITE_PROMISES === 'true') writeFileSync(README, current);
  else expect(readme).toBe(current);
});
