import { isDeadlineExceeded, withDeadline } from '@castore-dynamodb/commons';

/** How long to wait for what may never come, in milliseconds. An object, so that tests can shorten the waits. */
export const TIMEOUTS = {
  /** For an answer, over all of the SDK's own attempts; and for what is under way when a poller or a replay ends. */
  request: 30_000,
  /** For a handler, in a poller or a replay. */
  handler: 300_000,
  /** For a shard to be listed again. */
  listing: 600_000,
};

/** Between attempts, whatever is tried again. */
export const BACK_OFF = { firstDelayMs: 50, maxDelayMs: 5_000 };

/** For a request that may be repeated, if it gets no answer and nothing else would send it again. */
export const ASK_AGAIN = { ...BACK_OFF, maxAttempts: 3, isWorthRepeating: isDeadlineExceeded };

/**
 * Waits for work, and when the signal has come, for so long only.
 *
 * @throws DeadlineExceededError
 */
export const endsAfter = async (
  signal: AbortSignal,
  milliseconds: number,
  operation: string,
  work: Promise<void>,
): Promise<void> => {
  let stop = (): void => {};
  const aborted = new Promise<void>(resolve => (stop = resolve));
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  await withDeadline({ operation, milliseconds }, () => work);
};
