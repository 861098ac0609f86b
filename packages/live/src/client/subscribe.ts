import type { EventStore } from '@castore/core';

import { HEARTBEAT_MS, type WireEvent } from '../protocol/protocol.js';
import { fromWire } from '../protocol/wireJson.js';
import { eventStreamTransport } from './eventStreamTransport.js';
import { IncomingMessages } from './incomingMessages.js';
import { errorOfReason, errorOfStatus, type LiveError } from './liveError.js';
import { RecentEvents } from './recentEvents.js';
import type { LiveEvent, LiveState, SubscribeOptions, Subscription } from './subscription.js';
import type { Transport, TransportConnection, TransportEnding } from './transport.js';
import { hasWebSocket, webSocketTransport } from './webSocketTransport.js';

/** Between attempts, in milliseconds: at random up to a ceiling that doubles each time. */
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 15_000;

/** Without a sign of life for so long, a connection is taken for dead. */
const SILENCE_MS = 3 * HEARTBEAT_MS;

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
 * @throws TypeError for a text as `url` that is no URL; LiveError while iterating, if the server does not take the subscription.
 */
export const subscribe = <EVENT_STORES extends EventStore = EventStore>(
  options: SubscribeOptions,
): Subscription<EVENT_STORES> => new LiveSubscription<EVENT_STORES>(options);

class LiveSubscription<EVENT_STORES extends EventStore> implements Subscription<EVENT_STORES> {
  readonly #options: SubscribeOptions;
  readonly #recent = new RecentEvents();
  readonly #waiting: LiveEvent<EVENT_STORES>[] = [];
  readonly #takers: {
    resolve: (result: IteratorResult<LiveEvent<EVENT_STORES>>) => void;
    reject: (error: unknown) => void;
  }[] = [];
  #state: LiveState = 'connecting';
  /** Of the last event that came, whether it was taken or not; where to go on. */
  #received: string | undefined;
  #position: string | undefined;
  #error: LiveError | undefined;
  #connection: TransportConnection | undefined;
  #incoming = this.#listen();
  #pingMs: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #useWebSocket = hasWebSocket();
  #isWebSocketOnly = false;
  #isPaused = false;

  constructor(options: SubscribeOptions) {
    this.#options = options;
    if (typeof options.url === 'string') resolveUrl(options.url);
    this.#received = this.#position = options.after;
    void this.#connect();
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
    const event = this.#waiting.shift();
    if (event !== undefined) {
      this.#position = this.#waiting.length > 0 ? event.position : this.#received;
      this.#resume();
      return Promise.resolve({ done: false, value: event });
    }
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) return Promise.reject(error);
    if (this.#state === 'closed') return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#takers.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<LiveEvent<EVENT_STORES>>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  close(): void {
    this.#waiting.length = 0;
    this.#end(undefined);
  }

  async #connect(): Promise<void> {
    const { url, filters = [{}] } = this.#options;
    try {
      const target = resolveUrl(typeof url === 'function' ? await url() : url);
      if (this.#state === 'closed') return;
      // Who names WebSocket's own scheme has a server that speaks nothing else, such as API Gateway's.
      this.#isWebSocketOnly = /^wss?:/.test(target) && hasWebSocket();
      const isWebSocket = this.#isWebSocketOnly || this.#useWebSocket;
      const transport: Transport = isWebSocket ? webSocketTransport : eventStreamTransport;
      this.#incoming = this.#listen();
      this.#pingMs = undefined;
      this.#listenForSilence();
      this.#connection = transport(
        { url: target, filters, after: this.#received },
        {
          subscribed: position => this.#subscribed(position),
          message: (text, position) => this.#message(text, position),
          closed: ending => this.#broken(ending),
        },
      );
    } catch {
      this.#broken();
    }
  }

  #subscribed(position: string): void {
    this.#failures = 0;
    this.#moveTo(position);
    this.#setState('live');
    this.#listenForSilence();
  }

  #listen(): IncomingMessages {
    return new IncomingMessages({
      subscribed: (position, pingMs) => {
        this.#pingMs = pingMs;
        this.#subscribed(position);
      },
      event: event => this.#take(event),
      position: position => this.#moveTo(position),
      end: reason => this.#broken({ reason }),
    });
  }

  /** Of server-sent events, a message is an event, and one without a text a sign of life. */
  #message(text: string, position: string | undefined): void {
    this.#listenForSilence();
    try {
      if (position === undefined) this.#incoming.add(text);
      else if (text === '') this.#moveTo(position);
      else this.#take({ ...(fromWire(text) as WireEvent), position });
    } catch {
      // It is not what a feed sends: something else answers in its place.
      this.#broken();
    }
  }

  #take(wireEvent: WireEvent): void {
    if (this.#isPaused || this.#state === 'closed') return;
    const { aggregateId, version, timestamp } = wireEvent.event as { [member: string]: unknown };
    const isNew = this.#recent.add(JSON.stringify([wireEvent.eventStoreId, aggregateId, version, timestamp]));
    if (!isNew) return this.#moveTo(wireEvent.position);
    const event = wireEvent as LiveEvent<EVENT_STORES>;
    this.#received = event.position;
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      this.#position = event.position;
      taker.resolve({ done: false, value: event });
      return;
    }
    this.#waiting.push(event);
    if (this.#waiting.length >= MAX_WAITING) this.#pause();
  }

  /** Nothing came up to there. */
  #moveTo(position: string): void {
    this.#received = position;
    if (this.#waiting.length === 0) this.#position = position;
  }

  #pause(): void {
    this.#isPaused = true;
    this.#stopListening();
    this.#setState('reconnecting');
  }

  #resume(): void {
    if (!this.#isPaused || this.#waiting.length > MAX_WAITING / 2) return;
    this.#isPaused = false;
    void this.#connect();
  }

  #broken({ reason = '', status = 0 }: TransportEnding = {}): void {
    this.#stopListening();
    if (this.#state === 'closed' || this.#isPaused) return;
    const error = errorOfReason(reason) ?? errorOfStatus(status);
    if (error !== undefined) return this.#end(error);
    // A browser does not say why a WebSocket could not be opened: server-sent events will, or get through.
    if (this.#state !== 'live' && !this.#isWebSocketOnly) this.#useWebSocket = hasWebSocket() && !this.#useWebSocket;
    this.#setState(this.#state === 'connecting' ? 'connecting' : 'reconnecting');
    const delay = Math.random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures++);
    this.#timer = setTimeout(() => void this.#connect(), delay);
  }

  /** Asks for a sign of life if the server gives none by itself. */
  #listenForSilence(): void {
    clearTimeout(this.#timer);
    const pingMs = this.#pingMs;
    this.#timer = pingMs === undefined ? this.#giveUpAfterSilence() : setTimeout(() => this.#ping(), pingMs);
  }

  #ping(): void {
    this.#timer = this.#giveUpAfterSilence();
    this.#connection?.ping();
  }

  #giveUpAfterSilence(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#broken(), SILENCE_MS);
  }

  #stopListening(): void {
    clearTimeout(this.#timer);
    this.#connection?.close();
    this.#connection = undefined;
  }

  #end(error: LiveError | undefined): void {
    if (this.#state === 'closed') return;
    this.#stopListening();
    this.#setState('closed');
    const [first, ...others] = this.#takers.splice(0);
    if (error !== undefined && first !== undefined) first.reject(error);
    else {
      this.#error = error;
      first?.resolve({ done: true, value: undefined });
    }
    for (const { resolve } of others) resolve({ done: true, value: undefined });
  }

  #setState(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}

/** A path is one of the page's own server. */
const resolveUrl = (url: string): string =>
  new URL(url, (globalThis as { location?: { href: string } }).location?.href).href;
