import { PassThrough } from 'node:stream';

import { eventually } from '@castore-dynamodb/testing/eventually';

import { run } from '../../src/run.js';
import { runCommand } from '../runCommand.js';

describe('castore-dynamodb explorer', () => {
  const explorer = (...argv: string[]) => runCommand(['explorer', '--endpoint-url', 'http://127.0.0.1:9', ...argv]);

  it('prints its URL, serves until Ctrl-C, and lets go of its port', async () => {
    const interruption = new AbortController();
    const stdout = new PassThrough();
    const terminal = { stdin: new PassThrough(), stdout, stderr: new PassThrough(), env: {} };
    const running = run(['explorer', '--table', 'events', '--endpoint-url', 'http://127.0.0.1:9'], {
      terminal,
      folder: __dirname,
      signal: interruption.signal,
    });
    let url = '';
    stdout.on('data', text => (url += String(text)));
    await eventually(() => expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}\n$/));
    expect((await fetch(url.trim(), { redirect: 'manual' })).status).toBe(303);

    // Somebody else has the port.
    const second = await explorer('--table', 'events', '--port', new URL(url).port);
    expect(second).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/is in use \(EADDRINUSE\)\. Choose another with --port/),
    });

    interruption.abort();
    expect(await running).toBe(130);
    await eventually(() => expect(fetch(url.trim(), { redirect: 'manual' })).rejects.toThrow('fetch failed'));
  });

  it('refuses what cannot be, before it serves anything', async () => {
    expect(await explorer()).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('Which table?'),
    });
    expect(await explorer('--table', 'events', '--port', '70000')).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await explorer('--table', 'events', '--port', 'x')).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
