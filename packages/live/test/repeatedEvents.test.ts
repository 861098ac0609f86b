import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type LiveEvent, subscribe } from '../src/client/index.js';

describe('a client', () => {
  it('shows an event once that a server sends twice, and one that was begun anew', async () => {
    const send = (aggregateId: string, version: number, timestamp = '2026-11-27T00:00:00.000Z'): string =>
      `id: 1\ndata: ${JSON.stringify({ eventStoreId: 'POKEMONS', event: { aggregateId, version, type: 'X', timestamp } })}\n\n`;
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: subscribed\nid: 0\ndata: {}\n\n');
      response.write(send('a', 1) + send('a', 2) + send('a', 1) + send('b', 1) + send('a', 2));
      response.write(send('a', 1, '2026-11-28T00:00:00.000Z') + send('last', 1));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const scope = globalThis as { WebSocket?: unknown };
    const own = scope.WebSocket;
    scope.WebSocket = undefined;
    const subscription = subscribe({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    const seen: LiveEvent['event'][] = [];
    for await (const { event } of subscription) {
      seen.push(event);
      if (event.aggregateId === 'last') break;
    }
    scope.WebSocket = own;
    server.closeAllConnections();
    server.close();
    expect(seen.map(({ aggregateId, version }) => `${aggregateId} ${version}`)).toEqual([
      'a 1',
      'a 2',
      'b 1',
      'a 1',
      'last 1',
    ]);
    expect(subscription.state).toBe('closed');
  });
});
