// npm run test:soak: the random tests (models, faults, fuzzing, simulated streams) with many more cases than in npm test,
// for about a quarter of an hour, on every engine. Each prints what it counted. Arguments go to Jest.
import { join } from 'node:path';

import { install, ROOT, run } from './workspace.mjs';

install();
const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
const randomTests =
  '/test/(model|faults|badInput)/|([sS]imulation|property|brokenConnections|gatewayFaults|load|conformance/test/twoCopies)\\.test';
const env = { ...process.env, TEST_PRESET: 'soak' };
run(process.execPath, [jest, '--testPathPatterns', randomTests, ...process.argv.slice(2)], { env });
