import type { EventStore, EventStoreEventDetails, EventStoreId } from '@castore/core';

import type { EventFilter } from '../protocol/protocol.js';

/** An event of one of the event stores, with the position after which to go on. */
export type LiveEvent<EVENT_STORES extends EventStore = EventStore> = EVENT_STORES extends EventStore
  ? {
      readonly eventStoreId: EventStoreId<EVENT_STORES>;
      readonly event: EventStoreEventDetails<EVENT_STORES>;
      readonly position: string;
    }
  : never;

/**
 * For a user interface. `connecting`: until it is connected for the first time. `live`: events come as they happen.
 * `reconnecting`: the connection is broken, nothing is lost. `closed`: by `close`, or an error, which the iteration throws.
 */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'closed';

export interface SubscribeOptions {
  /**
   * Of the feed's path: `https://example.com/events`; with `wss:`, for WebSocket only, as on API Gateway. A function is
   * asked before each connection, for instance for a token that is still valid. If it throws, it is asked again later.
   */
  readonly url: string | (() => string | Promise<string>);
  /** Which events; any of the list, each with all of its keys. `[]` is nothing. @default [{}], everything that is allowed */
  readonly filters?: readonly EventFilter[] | undefined;
  /** The position of the last event that was seen, by this or another subscription. @default now */
  readonly after?: string | undefined;
  /** Is called with the first state, `connecting`, soon after `subscribe` has returned, and with every further one. */
  readonly onState?: ((state: LiveState) => void) | undefined;
  /**
   * Hears of each failure after which the subscription tries on: a LiveError of code `ConnectionFailedError`, or what the
   * function `url` has thrown. Errors that end the subscription are thrown by the iteration, and not handed to it.
   *
   * @default a warning (of the process, or in a browser's console) at the second failure in a row
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface Subscription<EVENT_STORES extends EventStore = EventStore>
  extends AsyncIterableIterator<LiveEvent<EVENT_STORES>> {
  readonly state: LiveState;
  /** After which to subscribe again; undefined before the first connection. Moves on in quiet times, too. */
  readonly position: string | undefined;
  /** Ends it, and the iteration. */
  close(): void;
}
