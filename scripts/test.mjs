// npm test: installs and builds what is missing, then runs every static check and every test, and ends with one line that
// counts them. Arguments go to Jest: `npm test -- packages/adapter`.
import { join } from 'node:path';

import { build, install, ROOT, run } from './workspace.mjs';

install();
build();
run(process.execPath, [join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), '--ci', ...process.argv.slice(2)]);
