import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for the time, or until one of the signals comes. Unlike `AbortSignal.any`, it leaves no listener at a signal.
 * Never rejects.
 */
export const pause = async (milliseconds: number, ...signals: (AbortSignal | undefined)[]): Promise<void> => {
  const given = signals.filter(signal => signal !== undefined);
  const end = new AbortController();
  const abort = (): void => end.abort();
  for (const signal of given) {
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
  }
  try {
    await sleep(milliseconds, undefined, { signal: end.signal });
  } catch {
    // A signal came.
  } finally {
    for (const signal of given) signal.removeEventListener('abort', abort);
  }
};

export interface BackOff {
  /** The longest wait before the first repetition; it doubles with each further one. */
  readonly firstDelayMs: number;
  /** The longest wait of all. */
  readonly maxDelayMs: number;
}

/**
 * How long to wait after so many failures: at random up to a ceiling that doubles each time ("full jitter").
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const backOffMs = (failures: number, { firstDelayMs, maxDelayMs }: BackOff): number =>
  Math.random() * Math.min(maxDelayMs, firstDelayMs * 2 ** (failures - 1));

export interface RetryOptions extends BackOff {
  /** All attempts, the first one included. */
  readonly maxAttempts: number;
  readonly isWorthRepeating: (error: unknown) => boolean;
  /** Ends the waiting; the last error is then thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** Repeats work that failed, as long as that may help. Throws the last error. */
export const retry = async <RESULT>(
  options: RetryOptions,
  work: (attempt: number) => Promise<RESULT>,
): Promise<RESULT> => {
  const { maxAttempts, isWorthRepeating, signal } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= maxAttempts || !isWorthRepeating(error)) throw error;
      await pause(backOffMs(attempt, options), signal);
      if (signal?.aborted === true) throw error;
    }
  }
};
