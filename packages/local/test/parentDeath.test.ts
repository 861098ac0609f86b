import { describeOnEveryEngine } from '../../../test-support/engines.js';
import { processesLeftOf, processesOf } from './programs/processes.js';
import { runProgram } from './programs/runProgram.js';

describeOnEveryEngine('no process is left', ({ engine }) => {
  it.concurrent.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'of a program that ends by %s',
    async signal => {
      const { pid, endpoint, ended } = await runProgram('start.mjs', [engine, 'waits']);
      expect(processesOf(endpoint)).toHaveLength(2);

      process.kill(pid, signal);

      expect(await ended).toMatchObject({ signal, errors: '' });
      expect(await processesLeftOf(endpoint)).toEqual([]);
    },
  );

  it.concurrent.each([
    ['has nothing more to do', 0],
    ['exits', 0],
    ['throws an error', 1],
  ])('of a program that %s', async (ending, exitCode) => {
    const { endpoint, ended } = await runProgram('start.mjs', [engine, ending]);

    expect(await ended).toMatchObject({ exitCode });
    expect(await processesLeftOf(endpoint)).toEqual([]);
  });

  it.concurrent('of a program that uses the CommonJS build', async () => {
    const { endpoint, ended } = await runProgram('start.cjs', [engine, 'throws an error']);

    expect(endpoint).toMatch(/^http:/);
    expect(await ended).toMatchObject({ exitCode: 1 });
    expect(await processesLeftOf(endpoint)).toEqual([]);
  });

  it.concurrent('of a program that still uses the engine after Ctrl-C, which goes to its whole process group', async () => {
    const { pid, endpoint, ended } = await runProgram('start.mjs', [engine, 'tidies up on SIGINT'], { ownGroup: true });

    process.kill(-pid, 'SIGINT');

    expect(await ended).toMatchObject({ exitCode: 0, output: `${endpoint}\n0 tables\n` });
    expect(await processesLeftOf(endpoint)).toEqual([]);
  });
});
