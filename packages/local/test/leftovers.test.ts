import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeOnEveryEngine, ENGINES } from '@castore-dynamodb/testing/engines';
import { isSoak } from '@castore-dynamodb/testing/preset';

import { processesLeftOf, processesOf } from './programs/processes.js';
import { type ProgramOptions, type RunningProgram, runProgram } from './programs/runProgram.js';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Runs a program with a folder of its own for temporary files. */
const start = async (
  file: string,
  args: string[],
  options: ProgramOptions = {},
): Promise<RunningProgram & { left: () => Promise<unknown> }> => {
  const folder = mkdtempSync(join(tmpdir(), 'leftovers-'));
  folders.push(folder);
  const program = await runProgram(file, args, { ...options, env: { TMPDIR: folder } });
  const left = async () => ({ processes: await processesLeftOf(program.endpoint), files: readdirSync(folder) });

  return { ...program, left };
};

const NOTHING = { processes: [], files: [] };

describeOnEveryEngine('nothing is left', ({ engine }) => {
  // What ends an engine is one supervisor, whichever engine it is. DynamoDB Local takes seconds of work to start: within
  // `npm test`, the program that is killed shows it, and where Java leaves files of its own.
  const isShort = !isSoak && engine === 'dynamodb-local' && ENGINES.includes('dynoxide');
  const signals = ['SIGKILL', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const endings: [string, number][] = [
    ['exits', 0],
    ['has nothing more to do', 0],
    ['throws an error', 1],
    ['stops it', 0],
  ];

  it.concurrent.each(isShort ? signals.slice(0, 1) : signals)('of a program that ends by %s', async signal => {
    const { pid, endpoint, ended, left } = await start('start.mjs', [engine, 'waits']);
    expect(processesOf(endpoint)).toHaveLength(2);

    process.kill(pid, signal);

    expect(await ended).toMatchObject({ signal, errors: '' });
    expect(await left()).toEqual(NOTHING);
  });

  if (!isShort) {
    it.concurrent.each(endings)('of a program that %s', async (ending, exitCode) => {
      const { ended, left } = await start('start.mjs', [engine, ending]);

      expect(await ended).toMatchObject({ exitCode });
      expect(await left()).toEqual(NOTHING);
    });

    it.concurrent('of a program that uses the CommonJS build', async () => {
      const { endpoint, ended, left } = await start('start.cjs', [engine, 'throws an error']);

      expect(endpoint).toMatch(/^http:/);
      expect(await ended).toMatchObject({ exitCode: 1 });
      expect(await left()).toEqual(NOTHING);
    });

    it.concurrent('of a program that still uses the engine after Ctrl-C, which goes to its whole process group', async () => {
      const { pid, endpoint, ended, left } = await start('start.mjs', [engine, 'tidies up on SIGINT'], {
        ownGroup: true,
      });

      process.kill(-pid, 'SIGINT');

      expect(await ended).toMatchObject({ exitCode: 0, output: `${endpoint}\n0 tables\n` });
      expect(await left()).toEqual(NOTHING);
    });

    it.concurrent.each([
      ['an engine that crashes', 1] as const,
      ['a supervisor that is killed, which leaves the engine to the program', 0] as const,
    ])('of %s, while the program goes on', async (_, index) => {
      const { pid, endpoint, ended, left } = await start('start.mjs', [engine, 'waits']);

      process.kill(processesOf(endpoint)[index]?.pid ?? 0, 'SIGKILL');

      expect(await left()).toEqual(NOTHING);
      process.kill(pid, 'SIGKILL');
      await ended;
    });
  }

  it('outside the folder for temporary files, where Java has a socket and numbers of its own', async () => {
    const { pid, endpoint, ended } = await start('start.mjs', [engine, 'waits']);
    const [, { pid: enginePid } = { pid: 0 }] = processesOf(endpoint);

    expect(existsSync(`/proc/${enginePid}`) || process.platform !== 'linux').toBe(true);
    // HotSpot puts both into /tmp on Linux, whatever java.io.tmpdir says.
    const withItsPid = new RegExp(`(?<!\\d)${enginePid}(?!\\d)`);
    expect(readdirSync('/tmp').filter(name => /java|hsperf|attach/i.test(name) && withItsPid.test(name))).toEqual([]);
    const numbers = readdirSync('/tmp').filter(name => name.startsWith('hsperfdata_'));
    expect(numbers.filter(name => existsSync(join('/tmp', name, String(enginePid))))).toEqual([]);
    process.kill(pid, 'SIGKILL');
    await ended;
  });
});
