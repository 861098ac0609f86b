import type { OnEventAlreadyExistsCallback } from '@castore/core';
import { backOffMs, checkInteger, checkOptions, type OptionNames, pause } from '@castore-dynamodb/commons';

/**
 * @example
 * const options = retryOnConflict({ retries: 3, firstDelayMs: 50, maxDelayMs: 500 });
 */
export interface RetryOnConflictOptions {
  /** How often the handler is run again after a conflict. @default 10 */
  retries?: number;
  /** The longest wait before the first retry, in milliseconds; it doubles with each further one. @default 20 */
  firstDelayMs?: number;
  /** The longest wait of all, in milliseconds. @default 1000 */
  maxDelayMs?: number;
}

const OPTIONS = { retries: true, firstDelayMs: true, maxDelayMs: true } satisfies OptionNames<RetryOnConflictOptions>;

/** The two options of Castore's `Command` that say what happens on a conflict. */
export interface ConflictOptions {
  readonly eventAlreadyExistsRetries: number;
  readonly onEventAlreadyExists: OnEventAlreadyExistsCallback;
}

/**
 * Lets a Castore `Command` wait before it tries again: at random up to a ceiling that doubles each time ("full
 * jitter"). Without it, Castore tries twice more, at once, just when the other writers do so too.
 *
 * Each retry costs what the handler costs: usually a read of the aggregate and a push.
 *
 * @example
 * new Command({ commandId: 'CATCH_POKEMON', requiredEventStores: [pokemons], ...retryOnConflict(), handler });
 *
 * @throws InvalidArgumentError
 */
export const retryOnConflict = (options: RetryOnConflictOptions = {}): ConflictOptions => {
  checkOptions(options, 'options', OPTIONS);
  const { retries = 10, firstDelayMs = 20, maxDelayMs = 1000 } = options;
  checkInteger(retries, 'options.retries', 0);
  checkInteger(firstDelayMs, 'options.firstDelayMs', 0);
  checkInteger(maxDelayMs, 'options.maxDelayMs', 0, MAX_DELAY_MS);
  return {
    eventAlreadyExistsRetries: retries,
    onEventAlreadyExists: async (_, { attemptNumber, retriesLeft }) => {
      // Castore also calls it after the last attempt, whose error is then thrown.
      if (retriesLeft > 0) await pause(backOffMs(attemptNumber, { firstDelayMs, maxDelayMs }));
    },
  };
};

/** What Node's timers can wait: longer waits end at once. Source: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const MAX_DELAY_MS = 2 ** 31 - 1;
