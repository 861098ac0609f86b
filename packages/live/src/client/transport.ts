/** Why a connection is over, as far as that is known. */
export interface TransportEnding {
  /** That the server gave, and what it said of it. */
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** Of an answer that is no stream of events. */
  readonly status?: number | undefined;
  /** What the client knows itself. */
  readonly text?: string | undefined;
  readonly cause?: unknown;
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
  readonly url: URL;
  /** In JSON. */
  readonly filters: string;
  readonly after: string | undefined;
}

/** An open connection. It may report something after it was closed, which nobody hears. */
export interface TransportConnection {
  close(): void;
  /** Asks for a sign of life, of a server that gives none by itself. */
  ping(): void;
}

/** Opens a connection. */
export type Transport = (options: TransportOptions, events: TransportEvents) => TransportConnection;
