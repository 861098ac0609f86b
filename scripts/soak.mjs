// npm run test:soak: every test on every pair of engine and layout, and the random ones (models, faults, fuzzing, simulated
// streams) with many more cases than in npm test. They print what they counted. Arguments go to Jest:
// `npm run test:soak -- packages/streams`.
import { join } from 'node:path';

import { build, install, ROOT, run } from './workspace.mjs';

install();
build();
const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
// After thousands of broken connections, Node 20 may wait for one of its requests for ever when it ends by itself.
run(process.execPath, [jest, '--forceExit', ...process.argv.slice(2)], {
  env: { ...process.env, TEST_PRESET: 'soak' },
});
