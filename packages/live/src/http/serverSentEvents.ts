import type { IncomingMessage, ServerResponse } from 'node:http';

import { endEvent, SERVER_SENT_EVENTS } from '../feed/formats.js';
import type { Connection } from '../feed/subscriber.js';
import { type ConnectionEnd, ENDINGS, PROTOCOL } from '../protocol/protocol.js';
import { TIMES } from '../times.js';
import type { Subscription } from './webSocket.js';

/** What the query and the header `Last-Event-ID` of a request ask for; undefined if that cannot be read. */
export const subscriptionOf = (request: IncomingMessage, query: URLSearchParams): Subscription | undefined => {
  const lastEventId = request.headers['last-event-id'];
  try {
    const filters: unknown = JSON.parse(query.get('filters') ?? '[{}]');
    return { filters, after: (lastEventId || query.get('after')) ?? undefined };
  } catch {
    return undefined;
  }
};

/** A response that is a stream of events. Its head is sent with the first of them. */
export class EventStreamConnection implements Connection {
  readonly format = SERVER_SENT_EVENTS;
  readonly #response: ServerResponse;

  constructor(response: ServerResponse, onClose: () => void) {
    this.#response = response;
    response.on('close', onClose);
    // Of a connection that is broken: `close` follows.
    response.on('error', () => {});
  }

  send(message: Buffer): Promise<void> {
    this.#writeHead();
    return new Promise((resolve, reject) => {
      this.#response.write(message, error => (error ? reject(error) : resolve()));
    });
  }

  end(end: ConnectionEnd): void {
    const response = this.#response;
    if (!response.headersSent) {
      const { status } = ENDINGS[end.reason];
      response.writeHead(status, { 'content-type': 'application/json', ...(status === 503 && { 'retry-after': '1' }) });
      response.end(JSON.stringify(end));
      return;
    }
    response.end(endEvent(end));
    setTimeout(() => response.destroy(), TIMES.leave).unref();
  }

  #writeHead(): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'live-protocol': PROTOCOL,
      // Else nginx collects what it passes on.
      'x-accel-buffering': 'no',
    });
  }
}
