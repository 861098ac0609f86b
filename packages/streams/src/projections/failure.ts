import { describeError, describeErrorInASentence, describeErrorInWords, withDeadline } from '@castore-dynamodb/commons';

import { describeLocation } from '../errors.js';
import { TIMEOUTS } from '../timeouts.js';

/**
 * What a projection could not do, after all attempts.
 *
 * @example
 * const decide = ({ kind, attempts, error }: ProjectionFailure): FailureDecision => {
 *   console.error(attempts, error);
 *   return kind === 'passing' ? 'retry' : 'park';
 * };
 * export const handler = createStreamHandler({ projections: [pokedex], onFailure: decide });
 */
export interface ProjectionFailure {
  readonly projection: string;
  readonly eventStoreId: string;
  readonly aggregateId: string;
  /** The version that it did not get past. 0 if even the position could not be read. */
  readonly version: number;
  /**
   * `event`: the event cannot be handled, cannot be read, or is missing. `passing`: a request failed, or other writers
   * were always first; nothing is wrong with the event.
   */
  readonly kind: 'event' | 'passing';
  /** What was thrown. That may be anything: an error, a string, nothing. */
  readonly error: unknown;
  readonly attempts: number;
}

/**
 * `park` (only for kind `event`): the aggregate's events wait from this one on, everything else goes on.
 * `retry`: it is tried again, in a later invocation of a Lambda function, after a while in a poller. The shard's
 * checkpoint stays where it is.
 * `stop`: as `retry` in a Lambda function; a poller stops.
 */
export type FailureDecision = 'park' | 'retry' | 'stop';

/**
 * Gets each failure first, and decides what is done about it. Without a decision, kind `event` is parked and kind
 * `passing` is retried. A failure may come more than once. If it throws, or takes more than 30 s, nothing is decided:
 * the event is retried, with a warning of the process.
 */
export type OnFailure = (failure: ProjectionFailure) => FailureDecision | void | Promise<FailureDecision | void>;

/** Calls `onFailure`. Whatever it does, nothing is given up for it. */
export const decide = async (onFailure: OnFailure, failure: ProjectionFailure): Promise<FailureDecision> => {
  try {
    const deadline = { operation: 'onFailure', milliseconds: TIMEOUTS.request };
    const decision = await withDeadline(deadline, async () => onFailure(failure));
    if (decision === 'retry' || decision === 'stop') return decision;
    return failure.kind === 'event' ? 'park' : 'retry';
  } catch (thrown) {
    process.emitWarning(`onFailure threw ${describeErrorInASentence(thrown)} The event is tried again.`, {
      type: 'CallbackFailure',
      code: 'CASTORE_DYNAMODB_CALLBACK_FAILURE',
    });
    return 'retry';
  }
};

/**
 * The default: a warning of the process says what happened, without the event. What a handler throws may quote the event,
 * so its message comes on request only.
 */
export const warnOfFailures =
  (withMessages = false): OnFailure =>
  ({ projection, kind, error, attempts, ...location }) => {
    const what = kind === 'passing' || withMessages ? describeErrorInWords(error) : describeError(error).name;
    const place =
      location.version > 0
        ? describeLocation(location)
        : `its position for aggregate ${JSON.stringify(location.aggregateId)} in event store ${JSON.stringify(location.eventStoreId)}`;
    process.emitWarning(
      `Projection ${JSON.stringify(projection)} did not get past ${place} in ${attempts} attempts (${what}). ` +
        (kind === 'event' ? 'The aggregate is parked.' : 'It is retried.'),
      { type: 'ProjectionFailure', code: 'CASTORE_DYNAMODB_PROJECTION_FAILURE' },
    );
  };

export const warn = warnOfFailures();
