// npm test: installs and builds what is missing, then runs every static check and every test, and ends with one line that
// counts them. Arguments go to Jest: `npm test -- packages/adapter`.
import { join } from 'node:path';

import { build, install, ROOT, run } from './workspace.mjs';

install();
build();
const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
// Threads that help to collect garbage are for a processor with nothing else to do. Each file loads its modules anew: with
// 64 MB for what is new, less of that is copied to and fro.
run(process.execPath, ['--single-threaded-gc', '--max-semi-space-size=64', jest, '--ci', ...process.argv.slice(2)]);
