/**
 * Why a subscription ended, by its `code`:
 *
 * - `SubscriptionRefusedError`: the server does not let this client connect (401 or 403).
 * - `InvalidSubscriptionError`: the filters are wrong, or too many; or the position is none of a feed.
 * - `PositionExpiredError`: what came after the position may be gone from the stream. Read it from the event store, and
 *   subscribe anew.
 */
export type LiveErrorCode = 'SubscriptionRefusedError' | 'InvalidSubscriptionError' | 'PositionExpiredError';

export class LiveError extends Error {
  readonly code: LiveErrorCode;

  constructor(code: LiveErrorCode, message: string) {
    super(message);
    this.code = code;
    this.name = code;
  }
}

/** By the reason that a server gives. Undefined for one after which the client connects again. */
export const errorOfReason = (reason: string): LiveError | undefined => {
  switch (reason) {
    case 'PositionExpired':
      return new LiveError(
        'PositionExpiredError',
        'What came after the position may be gone from the stream. Read it from the event store, and subscribe without a position.',
      );
    case 'InvalidPosition':
      return new LiveError('InvalidSubscriptionError', '`after` is no position of an event feed.');
    case 'InvalidSubscription':
      return new LiveError('InvalidSubscriptionError', 'The filters are wrong, or there are too many of them.');
    default:
      return undefined;
  }
};

export const errorOfStatus = (status: number): LiveError | undefined => {
  if (status === 401 || status === 403) {
    return new LiveError('SubscriptionRefusedError', `The server refused the subscription (${status}).`);
  }
  return undefined;
};
