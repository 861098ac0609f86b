import { hasCode } from '@castore-dynamodb/commons';

import type { EventFeedOptions } from '../eventFeedOptions.js';
import { endOfRefusal } from '../filters/filters.js';
import type { ConnectionEvents, Subscription } from '../http/webSocket.js';
import { type Position, parsePosition } from '../protocol/position.js';
import type { ConnectionEnd } from '../protocol/protocol.js';
import { TIMES } from '../times.js';
import { CatchUpQueue } from './catchUpQueue.js';
import { FrameCache } from './frameCache.js';
import { type GrantedRights, type Interest, Interests } from './interests.js';
import { StreamTail } from './streamTail.js';
import { type Connection, Subscriber } from './subscriber.js';

type FeedRunOptions = EventFeedOptions & { onError: (error: unknown) => void; pollIntervalMs: number };

/** A feed from its start to its stop: what is read, and the connections to whom it is shown. */
export class FeedRun {
  readonly #tail: StreamTail;
  readonly #catchUps: CatchUpQueue;
  readonly #interests = new Interests();
  readonly #frames = new FrameCache();
  readonly #connections = new Map<Connection, Subscriber | undefined>();
  readonly #left = new Set<() => void>();
  #heartbeat: NodeJS.Timeout | undefined;
  #isOpen = false;

  readonly #onError: (error: unknown) => void;

  constructor(options: FeedRunOptions) {
    this.#onError = options.onError;
    this.#tail = new StreamTail({
      ...options,
      onEvents: () => {
        for (const subscriber of this.#subscribers) subscriber.wake();
      },
      onTrimmed: () => this.#endAll('PositionExpired'),
    });
    this.#catchUps = new CatchUpQueue({ ...options, tail: this.#tail });
  }

  /** Whether connections are taken. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  async start(): Promise<void> {
    await this.#tail.start();
    this.#isOpen = true;
    this.#heartbeat = setInterval(() => {
      for (const subscriber of this.#subscribers) subscriber.beat();
    }, TIMES.heartbeat);
  }

  async stop(): Promise<void> {
    this.#isOpen = false;
    clearInterval(this.#heartbeat);
    this.#catchUps.stop();
    this.#endAll('Restart');
    await Promise.all([this.#tail.stop(), this.#everybodyLeft()]);
  }

  open(connection: Connection, rights: GrantedRights): ConnectionEvents {
    let release = (): void => {};
    this.#connections.set(connection, undefined);
    return {
      subscribe: subscription => {
        const interest = this.#take(subscription.filters, rights);
        if ('reason' in interest) return connection.end(interest);
        release = interest.release;
        const subscriber = new Subscriber(connection, interest.interest, this.#tail, this.#frames);
        this.#connections.set(connection, subscriber);
        this.#begin(subscriber, subscription.after);
      },
      close: () => {
        release();
        this.#connections.get(connection)?.close();
        this.#connections.delete(connection);
        if (this.#connections.size === 0) for (const resolve of this.#left) resolve();
      },
    };
  }

  get #subscribers(): Subscriber[] {
    return [...this.#connections.values()].filter(subscriber => subscriber !== undefined);
  }

  #take(filters: unknown, rights: GrantedRights): { interest: Interest; release: () => void } | ConnectionEnd {
    try {
      return this.#interests.take(filters, rights);
    } catch (error) {
      if (hasCode(error, 'InvalidArgumentError')) return endOfRefusal(error);
      // Whatever a client sends, it ends its own connection and not the process.
      this.#onError(error);
      return { reason: 'InvalidSubscription' };
    }
  }

  #begin(subscriber: Subscriber, after: Subscription['after']): void {
    if (after === undefined) {
      const { position, log } = this.#tail;
      const { end } = log;
      void subscriber.welcome(position).then(() => subscriber.follow(end));
      return;
    }
    const position = typeof after === 'string' ? parsePosition(after) : undefined;
    if (position === undefined) return subscriber.end({ reason: 'InvalidPosition' });
    if (position.issued < Date.now() - TIMES.oldestPosition) {
      return subscriber.end({
        reason: 'PositionExpired',
        message: 'The position is older than DynamoDB keeps a stream.',
      });
    }
    const index = this.#tail.indexOf(position);
    void subscriber.welcome(after as string).then(() => this.#goOn(subscriber, position, index));
  }

  #goOn(subscriber: Subscriber, position: Position, index: number | undefined): void {
    if (index === undefined) this.#catchUps.add({ subscriber, position });
    else subscriber.follow(index);
  }

  #endAll(reason: 'Restart' | 'PositionExpired'): void {
    for (const [connection, subscriber] of this.#connections) (subscriber ?? connection).end({ reason });
  }

  /** Connections end themselves if a client does not. */
  async #everybodyLeft(): Promise<void> {
    if (this.#connections.size > 0) await new Promise<void>(resolve => this.#left.add(resolve));
  }
}
