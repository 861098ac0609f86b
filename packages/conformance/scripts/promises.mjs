// npm run promises: runs the contract over every adapter that the README shows, on both engines. Where each promise is
// kept or broken as the lists in test/ say, it writes the README's tables from them; else it says what differs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'castore-dynamodb-promises-'));
const report = join(scratch, 'report.json');
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const jest = (files, args, env) => {
  const paths = files.map(file => `packages/conformance/test/${file}.test.ts`);
  const { status } = spawnSync(process.execPath, [join(ROOT, 'node_modules/jest/bin/jest.js'), ...paths, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? 1);
};

jest(['ourAdapters', 'castoresAdapters'], ['--json', `--outputFile=${report}`]);
const { numPassedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
if (numPendingTests > 0) {
  console.error(`${numPendingTests} tests were skipped: both engines are needed to say what holds on each.`);
  process.exit(1);
}
jest(['readme'], [], { WRITE_PROMISES: 'true' });
console.log(`README.md shows what ${numPassedTests} tests have just shown.`);
