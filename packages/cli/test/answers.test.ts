import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { runCommand } from './runCommand.js';

describe('an endpoint that accepts and never answers', () => {
  const server = createServer(() => {});
  let endpoint = '';
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([[['aggregates', 'POKEMONS']], [['table', 'describe']]])(
    'is named while %j waits, and given up',
    async argv => {
      const ran = await runCommand([...argv, '-t', 'events', '--endpoint-url', endpoint], {
        patience: { noticeMs: 1, deadlineMs: 100 },
      });
      expect(ran).toMatchObject({ exitCode: 1, stdout: '' });
      expect(ran.stderr.split('\n')).toEqual([
        `DescribeTable to ${endpoint} has no answer yet. Still waiting; Ctrl-C ends it.`,
        expect.stringMatching(
          `^error DescribeTable to ${endpoint} had no answer within 100 ms. The request was given up.* right\\?$`,
        ),
        '1 request, 0 read units',
        '',
      ]);
    },
  );
});
