import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { type RawData, type WebSocket, WebSocketServer } from 'ws';

import { WEB_SOCKET } from '../feed/formats.js';
import type { Connection } from '../feed/subscriber.js';
import { type ConnectionEnd, ENDINGS, MAX_MESSAGE_SIZE, PROTOCOL } from '../protocol/protocol.js';
import { TIMES } from '../times.js';

/** What a client asks for. */
export interface Subscription {
  readonly filters: unknown;
  readonly after: unknown;
}

/** What happens to a connection. */
export interface ConnectionEvents {
  /** The client's one message. */
  subscribe(subscription: Subscription): void;
  close(): void;
}

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  maxPayload: MAX_MESSAGE_SIZE,
  perMessageDeflate: false,
  handleProtocols: protocols => (protocols.has(PROTOCOL) ? PROTOCOL : false),
});

/** Makes a WebSocket of a request that was admitted. `open` gets the connection when it is one. */
export const acceptWebSocket = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  open: (connection: Connection) => ConnectionEvents,
): void =>
  server.handleUpgrade(request, socket, head, webSocket => {
    const connection = new WebSocketConnection(webSocket);
    connection.listen(open(connection));
  });

class WebSocketConnection implements Connection {
  readonly format = WEB_SOCKET;
  readonly #webSocket: WebSocket;
  #isAlive = true;

  constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
  }

  listen(events: ConnectionEvents): void {
    const webSocket = this.#webSocket;
    let isSubscribed = false;
    const subscribeTimer = setTimeout(() => this.#refuse('No subscription arrived in time.'), TIMES.subscribe);
    const heartbeat = setInterval(() => this.#beat(), TIMES.heartbeat);
    webSocket.on('message', (data, isBinary) => {
      clearTimeout(subscribeTimer);
      if (isSubscribed) return this.#refuse('A connection has one subscription.');
      isSubscribed = true;
      const subscription = isBinary ? undefined : parseSubscription(data);
      if (subscription === undefined) this.#refuse('The message is not of type "subscribe".');
      else events.subscribe(subscription);
    });
    webSocket.on('pong', () => (this.#isAlive = true));
    // A protocol error, a message that is too long, a broken connection: `close` follows.
    webSocket.on('error', () => {});
    webSocket.on('close', () => {
      clearTimeout(subscribeTimer);
      clearInterval(heartbeat);
      events.close();
    });
  }

  send(message: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#webSocket.send(message, { binary: false }, error => (error ? reject(error) : resolve()));
    });
  }

  end({ reason, message }: ConnectionEnd): void {
    if (message !== undefined) this.#webSocket.send(JSON.stringify({ type: 'end', reason, message }), () => {});
    this.#webSocket.close(ENDINGS[reason].code, reason);
    setTimeout(() => this.#webSocket.terminate(), TIMES.leave).unref();
  }

  #refuse(message: string): void {
    this.end({ reason: 'InvalidSubscription', message });
  }

  /** A client that has not answered the ping before is gone. */
  #beat(): void {
    if (!this.#isAlive) return this.#webSocket.terminate();
    this.#isAlive = false;
    this.#webSocket.ping();
  }
}

const parseSubscription = (data: RawData): Subscription | undefined => {
  try {
    const message = JSON.parse((data as Buffer).toString()) as Record<string, unknown> | null;
    if (message?.['type'] !== 'subscribe') return undefined;
    return { filters: message['filters'] ?? [{}], after: message['after'] };
  } catch {
    return undefined;
  }
};
