// What server and client agree upon. The package's page describes it; a change that an older client would not understand gets
// another name of the subprotocol.

/**
 * The WebSocket subprotocol, and what server-sent events say in the header `Live-Protocol`.
 *
 * @example
 * const socket = new WebSocket('wss://example.org/events', PROTOCOL);
 */
export const PROTOCOL = 'castore-dynamodb-live.v1';

/**
 * What an event has to be, to be seen. A list: any of its strings.
 *
 * @example
 * const type: FilterValue = ['POKEMON_CAUGHT', 'POKEMON_FREED'];
 * const filters = [{ type, aggregateId: { regexp: '^pikachu-' } }];
 * const subscription = subscribe({ url: '/events', filters });
 */
export type FilterValue = string | readonly string[] | { readonly regexp: string };

/** Every key that is there has to fit. */
export interface EventFilter {
  readonly eventStoreId?: FilterValue | undefined;
  readonly aggregateId?: FilterValue | undefined;
  readonly type?: FilterValue | undefined;
}

/** An event on the wire; `event` is encoded by `toWire`. */
export interface WireEvent {
  readonly eventStoreId: string;
  readonly event: unknown;
  readonly position: string;
}

/**
 * `subscribed` once, then `events`. `position`, in a quiet time, is a sign of life: what came before it was seen, or was
 * filtered out.
 *
 * A server that sends from many processes says `missed` for what came before `subscribed`; `events` that come before it are
 * to be kept back until then, and those that come twice to be dropped. It gives a sign of life when it is asked for one
 * (`pingMs`), and says in a message why it ends the connection. What is too long for it comes in parts.
 */
export type ServerMessage =
  | { readonly type: 'subscribed'; readonly position: string; readonly pingMs?: number }
  | { readonly type: 'events' | 'missed'; readonly events: readonly WireEvent[] }
  | { readonly type: 'position'; readonly position: string }
  | {
      readonly type: 'part';
      readonly id: string;
      readonly index: number;
      readonly count: number;
      readonly text: string;
    }
  | { readonly type: 'end'; readonly reason: string; readonly message?: string };

/**
 * Why a server ends a connection: WebSocket's close code, and its reason. A last message of type `end` goes before that if
 * there is more to say. Server-sent events carry both in a last message named `end`, or answer with `status` if it is known
 * before the first byte.
 */
export const ENDINGS = {
  /** The server stops, or has lost its place: connect again, with the last position. */
  Restart: { code: 1012, status: 503, isFinal: false },
  /** The client has not read what was sent: connect again, with the last position. */
  TooSlow: { code: 4429, status: 503, isFinal: false },
  /** The message is not a subscription, or a limit is exceeded. */
  InvalidSubscription: { code: 4400, status: 400, isFinal: true },
  /** `after` is no position of a feed. */
  InvalidPosition: { code: 4406, status: 400, isFinal: true },
  /** What came after the position may be gone from the stream: read it from the event store. */
  PositionExpired: { code: 4410, status: 410, isFinal: true },
} as const;

export type Ending = keyof typeof ENDINGS;

/** Why a connection ends; `message` says to a person what to mend. */
export interface ConnectionEnd {
  readonly reason: Ending;
  readonly message?: string | undefined;
}

/** How often a server gives a sign of life, in milliseconds. A client that hears nothing for three times that connects again. */
export const HEARTBEAT_MS = 15_000;

/**
 * How long a connection of API Gateway may be quiet before the client asks for a sign of life, in milliseconds. After 10
 * minutes, API Gateway closes it.
 */
export const GATEWAY_PING_MS = 4 * 60_000;

/** The longest message of a client, in bytes. */
export const MAX_MESSAGE_SIZE = 64 * 1024;
