import type { EventFilter } from '../protocol/protocol.js';

export interface TransportEnding {
  /** That the server gave. */
  readonly reason?: string | undefined;
  /** Of a refusal. */
  readonly status?: number | undefined;
}

/** What a connection reports. */
export interface TransportEvents {
  /** The server has taken the subscription. */
  subscribed(position: string): void;
  /** A message of the server, as it came. */
  message(text: string, position?: string): void;
  /** The connection is over. */
  closed(ending?: TransportEnding): void;
}

export interface TransportOptions {
  readonly url: string;
  readonly filters: readonly EventFilter[];
  readonly after: string | undefined;
}

/** An open connection. */
export interface TransportConnection {
  close(): void;
  /** Asks for a sign of life, of a server that gives none by itself. */
  ping(): void;
}

/** Opens a connection. */
export type Transport = (options: TransportOptions, events: TransportEvents) => TransportConnection;
