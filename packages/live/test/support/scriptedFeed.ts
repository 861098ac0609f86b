import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type WebSocket, WebSocketServer } from 'ws';

/** A connection of either kind, as the server has it. */
export interface ScriptedConnection {
  /** What the client asked for. */
  readonly after: string | undefined;
  /** Says `subscribed`; over server-sent events, answers with 200. */
  subscribed(position?: string): void;
  event(version: number, position?: string): void;
  /** What is no message of a feed's. */
  raw(text: string): void;
  /** Over server-sent events: answers with this. */
  answer(status: number, type: string, body: string): void;
  /** Ends the connection, after what was sent. */
  end(): void;
}

export interface ScriptedFeed extends AsyncDisposable {
  readonly url: string;
  /** How often a client has connected. */
  readonly connections: number;
}

const eventOf = (version: number): object => ({
  eventStoreId: 'POKEMONS',
  event: { aggregateId: 'pikachu', version, type: 'POKEMON_CAUGHT', timestamp: `2026-01-01T00:00:0${version}.000Z` },
});

/** A server in a feed's place that does what a test says, with each connection by its number. */
export const startScriptedFeed = async (
  script: (connection: ScriptedConnection, number: number) => void,
): Promise<ScriptedFeed> => {
  let connections = 0;
  const server = createServer((request, response) => {
    const after = new URL(request.url ?? '', 'http://localhost').searchParams.get('after') ?? undefined;
    script(streamOf(response, after), ++connections);
  });
  const webSockets = new WebSocketServer({ server });
  webSockets.on('connection', webSocket => {
    webSocket.on('error', () => {});
    webSocket.once('message', data => {
      const { after } = JSON.parse((data as Buffer).toString()) as { after?: string };
      script(socketOf(webSocket, after), ++connections);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const client of webSockets.clients) client.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const socketOf = (webSocket: WebSocket, after: string | undefined): ScriptedConnection => ({
  after,
  subscribed: (position = 'p0') => webSocket.send(JSON.stringify({ type: 'subscribed', position })),
  event: (version, position = `p${version}`) =>
    webSocket.send(JSON.stringify({ type: 'events', events: [{ ...eventOf(version), position }] })),
  raw: text => webSocket.send(text),
  answer: () => webSocket.terminate(),
  end: () => webSocket.close(),
});

const streamOf = (response: ServerResponse, after: string | undefined): ScriptedConnection => {
  const write = (text: string): void => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text);
  };
  return {
    after,
    subscribed: (position = 'p0') => write(`event: subscribed\nid: ${position}\ndata: {}\n\n`),
    event: (version, position = `p${version}`) =>
      write(`id: ${position}\ndata: ${JSON.stringify(eventOf(version))}\n\n`),
    raw: text => write(`id: p\ndata: ${text}\n\n`),
    answer: (status, type, body) => response.writeHead(status, { 'content-type': type }).end(body),
    end: () => response.end(),
  };
};
