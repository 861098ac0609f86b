import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { processesLeftOf } from './programs/processes.js';
import { runProgram } from './programs/runProgram.js';

const isInstalled = (command: string): boolean => {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** `npx -y -p bun -p deno npx jest packages/local/test/runtimes.test.ts` has both in its PATH. */
describe.each([
  ['Bun', ['bun']],
  ['Deno', ['deno', 'run', '-A']],
])('%s', (name, runtime) => {
  if (!isInstalled(runtime[0] ?? '')) {
    it.skip(`starts an engine and leaves nothing (skipped: needs ${name} in the PATH)`, () => undefined);
    return;
  }

  it.each(['stops it', 'has nothing more to do', 'exits', 'throws an error', 'waits'])(
    'starts an engine and leaves nothing of it, when the program %s',
    async ending => {
      const TMPDIR = mkdtempSync(join(tmpdir(), 'runtimes-'));
      const { pid, endpoint, ended } = await runProgram('start.mjs', ['', ending], { runtime, env: { TMPDIR } });
      expect(endpoint).toMatch(/^http:/);
      if (ending === 'waits') process.kill(pid, 'SIGKILL');
      await ended;

      expect(await processesLeftOf(endpoint)).toEqual([]);
      expect(readdirSync(TMPDIR).filter(file => file.startsWith('castore'))).toEqual([]);
      rmSync(TMPDIR, { recursive: true });
    },
  );
});
