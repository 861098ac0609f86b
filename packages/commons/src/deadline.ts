import { setMaxListeners } from 'node:events';

import { CastoreDynamoDbError, hasCode } from './errors.js';

/** A request or a callback had no answer in time. What it asked for may still happen. */
export class DeadlineExceededError extends CastoreDynamoDbError {
  declare readonly code: 'DeadlineExceededError';
  /** What was waited for. */
  readonly operation: string;
  readonly milliseconds: number;

  constructor(operation: string, milliseconds: number) {
    super(
      'DeadlineExceededError',
      `${operation} had no answer within ${milliseconds} ms. The request was given up; it may have been carried out.`,
    );
    this.operation = operation;
    this.milliseconds = milliseconds;
  }
}

export const isDeadlineExceeded = (error: unknown): boolean => hasCode(error, 'DeadlineExceededError');

export interface Deadline {
  /** For the error's message: `GetRecords`, `BatchGetItem on table "views"`. */
  readonly operation: string;
  readonly milliseconds: number;
  /** Ends the wait at once, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Work that ends in time: after the deadline, or when the given signal comes, it is given up. The signal that the work
 * gets is then aborted, which closes a request's connection. If the work ignores the signal, its result is ignored.
 *
 * The deadline does not depend on how the client is set up: the client's own request timeout may only warn, or be off.
 *
 * @throws DeadlineExceededError
 */
export const withDeadline = async <RESULT>(
  { operation, milliseconds, signal }: Deadline,
  work: (signal: AbortSignal) => Promise<RESULT>,
): Promise<RESULT> => {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let stop = (): void => {};
  const end = new Promise<never>((_, reject) => {
    const giveUp = (reason: unknown): void => {
      reject(reason);
      controller.abort(reason);
    };
    timer = setTimeout(() => giveUp(new DeadlineExceededError(operation, milliseconds)), milliseconds);
    stop = () => giveUp(signal?.reason);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop);
  });
  try {
    if (signal?.aborted === true) return await end;
    return await Promise.race([work(controller.signal), end]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
};

/** For a signal at which many may wait at a time. Node takes more than ten listeners for a leak, and warns of it. */
export const sharedAbortController = (): AbortController => {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
};
