import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { checkFunction, checkObject, checkOptions, refuse } from '@castore-dynamodb/commons';

import { checkFeedOptions, type EventFeedOptions } from './eventFeedOptions.js';
import { FeedRun } from './feed/feedRun.js';
import { tablesOf } from './feed/feedTables.js';
import type { GrantedRights } from './feed/interests.js';
import { type Admission, admit } from './http/admission.js';
import { attachTo, type HttpServer, refuseUpgrade } from './http/attach.js';
import { EventStreamConnection, subscriptionOf } from './http/serverSentEvents.js';
import { acceptWebSocket } from './http/webSocket.js';
import { type Reporter, reporterOf } from './reporter.js';

/**
 * Shows events to browsers and services as they happen, over WebSocket and server-sent events, on a path of an HTTP server
 * of yours.
 *
 * Reads the stream of each table once, from the start on, whatever the number of clients, and a second time while clients
 * catch up from an older position. A shard has room for two readers, all processes and Lambda functions together.
 *
 * Costs a GetRecords request a second for each open shard (at the default interval).
 *
 * @example
 * const feed = new EventFeed({ eventStores: [pokemons], dynamoDbClient, dynamoDbStreamsClient, authorize: () => ({}) });
 * feed.attach(httpServer, { path: '/events' });
 * await feed.start();
 */
export class EventFeed {
  readonly #options: EventFeedOptions & { onError: Reporter; pollIntervalMs: number };
  #run: FeedRun | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> = Promise.resolve();

  /** @throws InvalidArgumentError */
  constructor(options: EventFeedOptions) {
    checkFeedOptions(options);
    const { onError, pollIntervalMs = 1_000 } = options;
    this.#options = { ...options, pollIntervalMs, onError: reporterOf(onError) };
    tablesOf(options.eventStores, options.dynamoDbClient);
  }

  /**
   * Takes over a path of an HTTP or HTTPS server: upgrades to WebSocket, and requests that accept `text/event-stream`. All
   * other requests go where they went before. While the feed is not started, they are answered with 503.
   *
   * @param options.path such as `/events`, without a query
   * @throws InvalidArgumentError
   */
  attach(httpServer: HttpServer, options: { readonly path: string }): void {
    checkObject(httpServer, 'httpServer');
    checkFunction((httpServer as { emit?: unknown }).emit, 'httpServer.emit');
    checkOptions(options, 'options', { path: true });
    const { path } = options;
    if (typeof path !== 'string' || !/^\/[^?#]*$/.test(path)) refuse('options.path', 'a path such as "/events"', path);
    attachTo(httpServer, path, {
      upgrade: (request, socket, head) => void this.#upgrade(request, socket, head),
      eventStream: (request, response, query) => void this.#openEventStream(request, response, query),
    });
  }

  /**
   * Begins to read. Resolves when every event from then on will be shown. Called again, it does no more than that.
   *
   * @throws StreamNotReadableError if a table has no stream of new images; DeadlineExceededError if the streams could not
   *   be read for 30 seconds; the error of the request. Then it is not started.
   */
  async start(): Promise<void> {
    this.#starting ??= this.#start();
    await this.#starting;
  }

  /**
   * Ends every connection, with a code that lets clients connect again, to this process or another one; then the reading.
   * Takes some seconds at most. Does nothing if it was not started.
   */
  async stop(): Promise<void> {
    const starting = this.#starting;
    const run = this.#run;
    this.#starting = undefined;
    this.#run = undefined;
    this.#stopping = Promise.all([this.#stopping, run?.stop(), starting?.catch(() => {})]).then(() => {});
    await this.#stopping;
  }

  get #openRun(): FeedRun | undefined {
    return this.#run?.isOpen ? this.#run : undefined;
  }

  async #start(): Promise<void> {
    await this.#stopping;
    const run = new FeedRun(this.#options);
    this.#run = run;
    try {
      await run.start();
    } catch (error) {
      await run.stop();
      if (this.#run === run) {
        this.#run = undefined;
        this.#starting = undefined;
      }
      throw error;
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // While nobody else listens, an error of the socket would end the process.
    const ignore = (): void => {};
    socket.on('error', ignore);
    const admission = await this.#admit(request);
    if (socket.destroyed) return;
    if ('status' in admission) return refuseUpgrade(socket, admission.status);
    const { run, rights } = admission;
    acceptWebSocket(request, socket, head, connection => run.open(connection, rights));
    socket.off('error', ignore);
  }

  async #openEventStream(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    response.on('error', () => {});
    const admission = await this.#admit(request);
    // Who has left meanwhile closes nothing any more.
    if (response.closed || response.destroyed) return;
    const { origin } = request.headers;
    response.setHeader('vary', 'Origin');
    if ('status' in admission) {
      response.writeHead(admission.status, admission.status === 503 ? { 'retry-after': '1' } : {}).end();
      return;
    }
    if (origin !== undefined) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-allow-credentials', 'true');
    }
    const { run, rights } = admission;
    const connection = new EventStreamConnection(response, () => events.close());
    const events = run.open(connection, rights);
    const subscription = subscriptionOf(request, query);
    if (subscription === undefined)
      connection.end({ reason: 'InvalidSubscription', message: '`filters` is not JSON.' });
    else events.subscribe(subscription);
  }

  /** 503 while the feed is not started, also if it was stopped meanwhile. */
  async #admit(request: IncomingMessage): Promise<{ status: number } | { run: FeedRun; rights: GrantedRights }> {
    if (this.#openRun === undefined) return { status: 503 };
    const { authorize } = this.#options;
    const { origin, host } = request.headers;
    const admission: Admission = await admit(
      { origin, host },
      {
        authorize: authorize && (() => authorize(request)),
        origins: this.#options.origins ?? [],
        onError: this.#options.onError,
      },
    );
    if ('status' in admission) return admission;
    const run = this.#openRun;
    return run === undefined ? { status: 503 } : { run, rights: admission.rights };
  }
}
