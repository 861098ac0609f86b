import { checkClient, checkFunction, checkInteger, checkOptions, type OptionNames } from '@castore-dynamodb/commons';

import type { CheckpointStore } from '../checkpoints/checkpointStore.js';
import { checkCheckpoints, checkName } from '../checks.js';
import type { OnFailure } from '../projections/failure.js';
import { checkProjections, type Projection } from '../projections/projection.js';
import type { OnParked } from '../projections/reportParked.js';

/**
 * A `DynamoDBStreamsClient` of `@aws-sdk/client-dynamodb-streams`, as far as it is needed here. Described by its shape,
 * so that projections on Lambda do not need that package.
 */
export interface DynamoDBStreamsClientLike {
  send(command: never, options: never): Promise<unknown>;
}

export interface StreamPollerOptions {
  /** Its lock and its checkpoints are kept under this name: one poller of a name works at a time. Has no `#` in it. */
  name: string;
  /**
   * The streams of their event stores' tables are read. An event that one projection cannot handle does not hold up the
   * others. But if one retries, all of them wait for the next page of that shard.
   */
  projections: readonly Projection[];
  checkpoints: CheckpointStore;
  /** A client of `@aws-sdk/client-dynamodb-streams`, which this package needs only for this. */
  dynamoDbStreamsClient: DynamoDBStreamsClientLike;
  /**
   * Gets each event that could not be handled after all attempts; decides whether its aggregate is parked, is retried,
   * or the poller stops.
   *
   * @default a warning of the process (on stderr), and kind `event` is parked
   */
  onFailure?: OnFailure;
  /** Gets each aggregate that was parked. */
  onParked?: OnParked;
  /**
   * Gets every other error after which the poller tries again: a failed request to the stream or to the store of
   * checkpoints, a request that had no answer within 30 seconds (`DeadlineExceededError`), a handler that has taken 5
   * minutes, a lost lock. It also gets `TrimmedStreamError` and `StreamNotReadableError`: records were missed, or will
   * be, and somebody has to act.
   *
   * @default a warning of the process (on stderr)
   */
  onError?: (error: unknown) => void;
  /** How often an event is tried before it is a failure. @default 5 */
  maxAttempts?: number;
  /** Aggregates that a projection with handlers works on at the same time, for each shard. @default 10 */
  concurrency?: number;
  /**
   * How long to wait when a shard has no new records, in milliseconds. After every tenth wait, the poller looks for new
   * shards and, should the stream have been switched off and on, for the new stream.
   *
   * @default 1000
   */
  pollIntervalMs?: number;
  /**
   * How long, in milliseconds, a waiting poller sees no renewal of the lock before it takes over. The same for all
   * pollers of a name.
   *
   * @default 20000
   */
  lockTimeoutMs?: number;
}

/** `waiting`: for the lock, which another process has. */
export type StreamPollerState = 'stopped' | 'waiting' | 'running';

const OPTIONS = {
  name: true,
  projections: true,
  checkpoints: true,
  dynamoDbStreamsClient: true,
  onFailure: true,
  onParked: true,
  onError: true,
  maxAttempts: true,
  concurrency: true,
  pollIntervalMs: true,
  lockTimeoutMs: true,
} satisfies OptionNames<StreamPollerOptions>;

/** @throws InvalidArgumentError */
export const checkPollerOptions = (options: StreamPollerOptions): void => {
  checkOptions(options, '', OPTIONS);
  checkName(options.name);
  checkProjections(options.projections);
  checkCheckpoints(options.checkpoints);
  checkClient(options.dynamoDbStreamsClient, 'dynamoDbStreamsClient');
  for (const argument of ['onFailure', 'onParked', 'onError'] as const) {
    if (options[argument] !== undefined) checkFunction(options[argument], argument);
  }
  for (const argument of ['maxAttempts', 'concurrency', 'pollIntervalMs', 'lockTimeoutMs'] as const) {
    if (options[argument] !== undefined) checkInteger(options[argument], argument);
  }
};
