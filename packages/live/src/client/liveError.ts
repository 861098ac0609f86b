import type { TransportEnding } from './transport.js';

/**
 * What a subscription fails with, by its `code`. These end it, and the iteration throws them:
 *
 * - `SubscriptionRefusedError`: the server does not let this client connect (401 or 403).
 * - `InvalidSubscriptionError`: the filters are wrong, or too many; or the position is none of a feed.
 * - `PositionExpiredError`: what came after the position may be gone from the stream. Read it from the event store, and
 *   subscribe anew.
 * - `FeedNotFoundError`: at the first connection, something else than a feed answered, such as 404.
 * - `InvalidArgumentError`: an option is wrong, which `argument` names. `subscribe` throws it at once; the iteration does if
 *   it is what the function `url` has returned.
 *
 * After this one, the client connects again, and `onError` gets it:
 *
 * - `ConnectionFailedError`: a connection could not be made, or ended.
 *
 * @example
 * const isOver = (code: LiveErrorCode): boolean => code !== 'ConnectionFailedError';
 */
export type LiveErrorCode =
  | 'SubscriptionRefusedError'
  | 'InvalidSubscriptionError'
  | 'PositionExpiredError'
  | 'FeedNotFoundError'
  | 'InvalidArgumentError'
  | 'ConnectionFailedError';

/**
 * What a subscription fails with: told apart by its `code`.
 *
 * @example
 * try {
 *   for await (const { event } of subscribe({ url: '/events' })) console.log(event.type);
 * } catch (error) {
 *   if ((error as Partial<LiveError> | undefined)?.code !== 'PositionExpiredError') throw error;
 *   console.warn('Too much was missed: load everything anew.');
 * }
 */
export class LiveError extends Error {
  readonly code: LiveErrorCode;
  /** Of an InvalidArgumentError: the option. */
  declare readonly argument?: string;

  constructor(code: LiveErrorCode, message: string, { argument, cause }: { argument?: string; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.name = code;
    if (argument !== undefined) this.argument = argument;
  }
}

/** Reasons of a server after which it is no use to connect again, and what to say if it says no more. */
const FINAL: Record<string, readonly [code: LiveErrorCode, message: string, remedy: string]> = {
  PositionExpired: [
    'PositionExpiredError',
    'What came after the position may be gone from the stream.',
    ' Read it from the event store, and subscribe without a position.',
  ],
  InvalidPosition: ['InvalidSubscriptionError', '`after` is not a position of an event feed.', ''],
  InvalidSubscription: ['InvalidSubscriptionError', 'The filters are wrong, too many or too long.', ''],
};

/** Of clients that have to wait. */
const BUSY = [408, 425, 429];

/**
 * Why a connection ended.
 *
 * @param isFirst whether there was none before: then a wrong address is likelier than a server that is being replaced
 */
export const errorOfEnding = (ending: TransportEnding, isFirst: boolean): LiveError => {
  const { reason, message, status, text, cause } = ending;
  if (reason !== undefined && Object.hasOwn(FINAL, reason)) {
    const [code, general, remedy] = FINAL[reason] as (typeof FINAL)[string];
    return new LiveError(code, `${message ?? general}${remedy}`);
  }
  if (status !== undefined) return errorOfStatus(status, isFirst);
  const what = reason === undefined ? text : `The server ended the connection: ${reason.slice(0, 100)}.`;
  return new LiveError('ConnectionFailedError', what ?? 'The connection broke, or could not be made.', { cause });
};

const errorOfStatus = (status: number, isFirst: boolean): LiveError => {
  if (status === 401 || status === 403) {
    return new LiveError('SubscriptionRefusedError', `The server refused the subscription (${status}).`);
  }
  if (isFirst && status < 500 && !BUSY.includes(status)) {
    const what = `What answered is not an event feed (status ${status}).`;
    return new LiveError('FeedNotFoundError', `${what} Give \`url\` the path that the server gives to \`attach\`.`);
  }
  return new LiveError('ConnectionFailedError', `The server answered with status ${status}.`);
};
