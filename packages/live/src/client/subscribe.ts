import type { EventStore } from '@castore/core';

import type { WireEvent } from '../protocol/protocol.js';
import { fromWire } from '../protocol/wireJson.js';
import { BackOff } from './backOff.js';
import { EventQueue } from './eventQueue.js';
import { eventStreamTransport } from './eventStreamTransport.js';
import { IncomingMessages } from './incomingMessages.js';
import { errorOfEnding } from './liveError.js';
import { notify, reportFailure } from './notify.js';
import { checkOptions, filtersOf, resolveUrl } from './options.js';
import { RecentEvents } from './recentEvents.js';
import { SILENCE_MS, Silence } from './silence.js';
import type { LiveEvent, LiveState, SubscribeOptions, Subscription } from './subscription.js';
import type { TransportConnection, TransportEnding, TransportEvents } from './transport.js';
import { hasWebSocket, webSocketTransport } from './webSocketTransport.js';

/** Events that wait for whoever iterates. If there are more, the connection is closed until half of them are taken. */
const MAX_WAITING = 10_000;

/**
 * Subscribes to an event feed, in a browser or in Node. Goes on by itself where it was when a connection breaks: each event
 * comes once, those of an aggregate in order. Connects by WebSocket, or with server-sent events if there is no WebSocket or
 * it does not get through.
 *
 * @example
 * for await (const { event } of subscribe<typeof pokemons>({ url: '/events' })) console.log(event.type);
 *
 * @throws LiveError of code `InvalidArgumentError` at once, for wrong options; LiveError of another code while iterating, if
 *   the server does not take the subscription.
 */
export const subscribe = <EVENT_STORES extends EventStore = EventStore>(
  options: SubscribeOptions,
): Subscription<EVENT_STORES> => new LiveSubscription<EVENT_STORES>(options);

class LiveSubscription<EVENT_STORES extends EventStore> implements Subscription<EVENT_STORES> {
  readonly #options: SubscribeOptions;
  readonly #filters: string;
  readonly #recent = new RecentEvents();
  readonly #queue = new EventQueue<LiveEvent<EVENT_STORES>>();
  #state: LiveState = 'connecting';
  /** Of the last event that came, whether it was taken or not; where to go on. */
  #received: string | undefined;
  #position: string | undefined;
  /** Of the attempt that is under way. What an earlier one still reports is not heard. */
  #attempt: object | undefined;
  #connection: TransportConnection | undefined;
  readonly #silence = new Silence({
    ping: () => this.#connection?.ping(),
    dead: () => this.#over({ text: `Nothing came for ${SILENCE_MS / 1_000} seconds.` }),
  });
  readonly #backOff = new BackOff();
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #useWebSocket = hasWebSocket();
  #isWebSocketOnly = false;
  #isPaused = false;

  constructor(options: SubscribeOptions) {
    checkOptions(options);
    this.#options = options;
    this.#filters = filtersOf(options);
    this.#received = this.#position = options.after;
    // When the caller has the subscription.
    queueMicrotask(() => {
      if (!this.#isClosed) notify('onState', this.#options.onState, this.#state);
      void this.#connect();
    });
  }

  get state(): LiveState {
    return this.#state;
  }

  get position(): string | undefined {
    return this.#position;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<LiveEvent<EVENT_STORES>>> {
    const event = this.#queue.shift();
    if (event === undefined) return this.#queue.wait();
    this.#position = this.#queue.size > 0 ? event.position : this.#received;
    this.#resume();
    return Promise.resolve({ done: false, value: event });
  }

  return(): Promise<IteratorResult<LiveEvent<EVENT_STORES>>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  close(): void {
    this.#queue.clear();
    this.#end(undefined);
  }

  get #isClosed(): boolean {
    return this.#state === 'closed';
  }

  async #connect(): Promise<void> {
    if (this.#isClosed) return;
    const attempt = {};
    const ifCurrent = (work: () => void): void => {
      if (this.#attempt === attempt) work();
    };
    this.#attempt = attempt;
    // A function `url` may have no answer.
    this.#silence.end();
    const { url } = this.#options;
    try {
      const given = typeof url === 'function' ? await url() : url;
      ifCurrent(() => this.#open(given, ifCurrent));
    } catch (error) {
      ifCurrent(() => this.#broken(error));
    }
  }

  #open(given: string, ifCurrent: (work: () => void) => void): void {
    let url: URL;
    try {
      url = resolveUrl(given, typeof this.#options.url === 'function' ? 'url()' : 'url');
    } catch (error) {
      return this.#end(error);
    }
    // Who names WebSocket's own scheme has a server that speaks nothing else, such as API Gateway's.
    this.#isWebSocketOnly = url.protocol.startsWith('ws');
    const transport = this.#isWebSocketOnly || this.#useWebSocket ? webSocketTransport : eventStreamTransport;
    const incoming = new IncomingMessages({
      subscribed: (position, pingMs) => {
        this.#silence.pingAfter(pingMs);
        this.#subscribed(position);
      },
      event: event => this.#take(event),
      position: position => this.#moveTo(position),
      end: (reason, message) => this.#over({ reason, message }),
    });
    const events: TransportEvents = {
      subscribed: position => ifCurrent(() => this.#read(() => this.#subscribed(position))),
      message: (text, position) => ifCurrent(() => this.#read(() => this.#message(incoming, text, position))),
      closed: ending => ifCurrent(() => this.#over(ending)),
    };
    try {
      this.#connection = transport({ url, filters: this.#filters, after: this.#received }, events);
    } catch (cause) {
      this.#over({ text: 'No connection could be opened.', cause });
    }
  }

  /** What fails is not what a feed sends: something else answers in its place, or a newer one. */
  #read(work: () => void): void {
    this.#silence.end();
    try {
      work();
    } catch (cause) {
      this.#over({ text: 'The server sent a message that is not of an event feed.', cause });
    }
  }

  #subscribed(position: string): void {
    this.#moveTo(position);
    this.#backOff.live();
    this.#setState('live');
  }

  /** Of server-sent events, a message is an event, and one without a text a sign of life. */
  #message(incoming: IncomingMessages, text: string, position: string | undefined): void {
    if (position === undefined) incoming.add(text);
    else if (text === '') this.#moveTo(position);
    else this.#take({ ...(fromWire(text) as WireEvent), position });
  }

  #take(wireEvent: WireEvent): void {
    if (this.#isPaused || this.#isClosed) return;
    const { aggregateId, version, timestamp } = wireEvent.event as { [member: string]: unknown };
    const position = checkPosition(wireEvent.position);
    const isNew = this.#recent.add(JSON.stringify([wireEvent.eventStoreId, aggregateId, version, timestamp]));
    if (!isNew) return this.#moveTo(position);
    const event = wireEvent as LiveEvent<EVENT_STORES>;
    this.#backOff.progress();
    this.#received = position;
    if (this.#queue.push(event)) this.#position = position;
    if (this.#queue.size >= MAX_WAITING) this.#pause();
  }

  /** Nothing came up to there. */
  #moveTo(position: string): void {
    if (this.#isPaused || this.#isClosed) return;
    this.#received = checkPosition(position);
    if (this.#queue.size === 0) this.#position = position;
  }

  #pause(): void {
    this.#isPaused = true;
    this.#disconnect();
    this.#setState('reconnecting');
  }

  #resume(): void {
    if (!this.#isPaused || this.#queue.size > MAX_WAITING / 2) return;
    this.#isPaused = false;
    void this.#connect();
  }

  #over(ending: TransportEnding = {}): void {
    if (this.#isPaused || this.#isClosed) return;
    const error = errorOfEnding(ending, this.#state === 'connecting');
    if (error.code === 'ConnectionFailedError') this.#broken(error);
    else this.#end(error);
  }

  #broken(error: unknown): void {
    this.#disconnect();
    const delay = this.#backOff.next();
    // A browser does not say why a WebSocket could not be opened: server-sent events will, or get through.
    if (this.#state !== 'live' && !this.#isWebSocketOnly) this.#useWebSocket = hasWebSocket() && !this.#useWebSocket;
    reportFailure(this.#options.onError, error, this.#backOff.failures);
    if (this.#state === 'live') this.#setState('reconnecting');
    if (!this.#isClosed) this.#retryTimer = setTimeout(() => void this.#connect(), delay);
  }

  #disconnect(): void {
    clearTimeout(this.#retryTimer);
    this.#silence.stop();
    this.#attempt = undefined;
    this.#connection?.close();
    this.#connection = undefined;
  }

  #end(error: unknown): void {
    if (this.#isClosed) return;
    this.#disconnect();
    this.#queue.end(error);
    this.#setState('closed');
  }

  #setState(state: LiveState): void {
    if (this.#isClosed || this.#state === state) return;
    this.#state = state;
    notify('onState', this.#options.onState, state);
  }
}

const checkPosition = (position: unknown): string => {
  if (typeof position === 'string' && position !== '') return position;
  throw new TypeError();
};
