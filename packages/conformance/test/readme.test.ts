import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PROMISE_TABLE } from './promiseTable.js';

const PAGE = join(__dirname, '..', '..', '..', 'docs', 'packages', 'conformance.md');
const START = '<!-- promises: written by `npm run promises` -->\n\n';
const END = '\n\n<!-- end of promises -->';

it('the site shows which adapter keeps which promise, as the other tests of this folder have it', () => {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest = ''] = page.split(START);
  const [, after = ''] = rest.split(END);
  const current = `${before}${START}${PROMISE_TABLE}${END}${after}`;
  if (process.env.WRITE_PROMISES === 'true') writeFileSync(PAGE, current);
  else expect(page).toBe(current);
});
