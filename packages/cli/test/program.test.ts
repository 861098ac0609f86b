import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { failureOf, ReadBudgetError } from '../src/errors.js';
import { runCommand } from './runCommand.js';
import { MAIN, runProgram } from './runProgram.js';

const start = (...argv: string[]) => {
  const program = spawn(process.execPath, [MAIN, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  program.stderr.on('data', data => (errors += String(data)));
  const ended = once(program, 'close').then(([exitCode]) => ({ exitCode, errors }));
  return { program, ended };
};

it('ends with the exit code of the budget, also if a package has wrapped the error', () => {
  const cause = new ReadBudgetError(7);
  expect(failureOf(new Error('Could not delete a snapshot', { cause }))).toEqual({
    exitCode: 4,
    message: cause.message,
  });
  const endless = new Error('endless');
  endless.cause = endless;
  expect(failureOf(endless)).toMatchObject({ exitCode: 1 });
});

describe('the program', () => {
  it('ends by Ctrl-C while it waits for an answer', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { program, ended } = start('table', 'describe', '-t', 'events', '--endpoint-url', `http://127.0.0.1:${port}`);
    await once(server, 'request');
    program.kill('SIGINT');
    await expect(ended).resolves.toEqual({ exitCode: 130, errors: '1 request, 0 read units\n' });
    server.closeAllConnections();
    server.close();
  });

  it('sends nothing if it was interrupted while it was loaded', async () => {
    const argv = ['aggregates', 'POKEMONS', '-t', 'events', '--endpoint-url', 'http://127.0.0.1:1'];
    const ran = await runCommand(argv, { signal: AbortSignal.abort() });
    expect(ran).toMatchObject({ exitCode: 130, stdout: '', stderr: '' });
  });

  it('prints its own version, if that is the first argument', async () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
    await expect(runProgram(['--version'], __dirname)).resolves.toMatchObject({ exitCode: 0, stdout: `${version}\n` });
    const later = await runProgram(['push', 'A', 'b', 'C', '--version'], __dirname);
    expect(later).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--version <version>') });
  });

  it('says how to name what begins with a hyphen', async () => {
    const asOption = await runCommand(['events', 'POKEMONS', '-pikachu', '-t', 'events']);
    expect(asOption).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('goes after --') });
    const argv = ['push', 'POKEMONS', '-t', 'events', '--', '-pikachu', 'POKEMON_LEVELED_UP', '-'];
    const asPayload = await runCommand(argv);
    expect(asPayload).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('The payload is not JSON') });
  });
});
