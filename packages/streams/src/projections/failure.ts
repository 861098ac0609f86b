import { describeLocation } from '../errors/describeLocation.js';

/** What a projection could not do, after all attempts. */
export interface ProjectionFailure {
  readonly projection: string;
  readonly eventStoreId: string;
  readonly aggregateId: string;
  /** The version that it did not get past. 0 where even the position could not be read. */
  readonly version: number;
  /**
   * `event`: the event cannot be handled, cannot be read, or is missing. `passing`: a request failed, or other writers
   * were always first; nothing is wrong with the event.
   */
  readonly kind: 'event' | 'passing';
  /** What was thrown. */
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
 * Told of each failure before anything is done about it, and decides what that is. Without a decision, kind `event` is
 * parked and kind `passing` is retried. A failure may be told more than once. What it throws ends the work.
 */
export type OnFailure = (failure: ProjectionFailure) => FailureDecision | void | Promise<FailureDecision | void>;

/** Where nobody listens, a warning of the process says what happened, without the event and without the error's text. */
export const warn: OnFailure = ({ projection, kind, error, attempts, ...location }) => {
  const name = error instanceof Error ? error.name : typeof error;
  process.emitWarning(
    `Projection ${JSON.stringify(projection)} did not get past ${describeLocation(location)} in ${attempts} attempts (${name}). ` +
      (kind === 'event' ? 'The aggregate is parked.' : 'It is retried.'),
    { type: 'ProjectionFailure', code: 'CASTORE_DYNAMODB_PROJECTION_FAILURE' },
  );
};
