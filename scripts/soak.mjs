// npm run test:soak: every test on every pair of engine and layout, and the random ones (models, faults, fuzzing, simulated
// streams) with many more cases than in npm test, for about half an hour. They print what they counted. Arguments go to
// Jest: `npm run test:soak -- packages/streams`.
import { join } from 'node:path';

import { build, install, ROOT, run } from './workspace.mjs';

install();
build();
const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
run(process.execPath, [jest, ...process.argv.slice(2)], { env: { ...process.env, TEST_PRESET: 'soak' } });
