// npm test: installs and builds what is missing, then runs every static check and every test, and ends with one line that
// counts them. Arguments go to Jest: `npm test -- packages/adapter`.
import { join } from 'node:path';

import { build, install, ROOT, run } from './workspace.mjs';

install();
build();
const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
const V8_OPTIONS = [
  // Threads that help to collect garbage are for a processor with nothing else to do.
  '--single-threaded-gc',
  // Each file loads its modules anew: with 64 MB for what is new, less of that is copied to and fro.
  '--max-semi-space-size=64',
  // And most of its functions run too few times for the optimising compiler to be worth its while: seven times as much as
  // by default has to run before it begins. From Node 22 on, V8 has another compiler in between, and not this option.
  ...(Number.parseInt(process.versions.node, 10) < 22 ? ['--interrupt-budget=1000000'] : []),
];
run(process.execPath, [...V8_OPTIONS, jest, '--ci', ...process.argv.slice(2)]);
