// npm run docs: builds the site with the API of every package. `npm run docs -- dev` serves the pages while they are written.
import { join } from 'node:path';

import { build, install, ROOT, run } from './workspace.mjs';

const DOCS = join(ROOT, 'docs');
const [command = 'build', ...rest] = process.argv.slice(2);

install();
build();
run(process.execPath, [join(DOCS, 'node_modules', 'vitepress', 'bin', 'vitepress.js'), command, ...rest], {
  cwd: DOCS,
});
if (command === 'build')
  run(process.execPath, [join(DOCS, 'node_modules', 'typedoc', 'bin', 'typedoc')], { cwd: DOCS });
