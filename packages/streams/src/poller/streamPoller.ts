import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import {
  checkClient,
  checkFunction,
  checkInteger,
  checkOptions,
  describeError,
  memberOf,
  notify,
  type OptionNames,
} from '@castore-dynamodb/commons';

import { boundedStore, type CheckpointStore } from '../checkpoints/checkpointStore.js';
import { checkCheckpoints, checkName } from '../checks.js';
import { type OnFailure, warn } from '../projections/failure.js';
import { type ProjectedTable, projectedTables } from '../projections/projectedTables.js';
import { checkProjections, PROJECTOR, type Projection } from '../projections/projection.js';
import type { OnParked } from '../projections/reportParked.js';
import { endsAfter, TIMEOUTS } from '../timeouts.js';
import { runPoller } from './runPoller.js';
import { findTables, type PolledTable } from './tableReader.js';
import { loadCommands } from './tableStream.js';

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
   * How long to wait when a shard has no new records, in milliseconds, up to an hour. After every tenth wait, the poller looks for new
   * shards and, should the stream have been switched off and on, for the new stream.
   *
   * @default 1000
   */
  pollIntervalMs?: number;
  /**
   * How long, in milliseconds up to an hour, a waiting poller sees no renewal of the lock before it takes over. The same for all
   * pollers of a name.
   *
   * @default 20000
   */
  lockTimeoutMs?: number;
}

/** `waiting`: for the lock, which another process has. */
export type StreamPollerState = 'stopped' | 'waiting' | 'running';

interface Run {
  readonly end: AbortController;
  /** Resolves when the tables' streams are found. */
  readonly started: Promise<unknown>;
  /** Resolves when nothing is under way any more, however it ended; or when it is waited for no longer. */
  readonly ended: Promise<void>;
}

/**
 * Reads the streams of the projections' tables in one long-running process. It begins at its checkpoints or, if there
 * are none yet, at the oldest record that the stream still has. Of several pollers of one name, in any process, one
 * works and the others wait.
 *
 * Nothing keeps it waiting for ever. A request ends after 30 seconds, is reported to `onError`, and is sent again. If a
 * handler takes longer than 5 minutes, the poller lets another one have the lock, or begins with the same event again.
 *
 * Never ends the process. As an open server does, a poller that was started keeps it alive until `stop`.
 *
 * Costs a GetRecords request a second for each open shard (at the default interval), a write unit for each page of
 * records, 0.2 write units a second for the lock, and what the projections cost.
 *
 * @example
 * const poller = new StreamPoller({ name: 'views', projections: [pokedex], checkpoints, dynamoDbStreamsClient });
 * await poller.start();
 * console.log(poller.state); // waiting, then running
 */
export class StreamPoller {
  readonly #options: Required<Omit<StreamPollerOptions, 'projections'>>;
  readonly #tables: readonly ProjectedTable[];
  #state: StreamPollerState = 'stopped';
  #run: Run | undefined;

  /** @throws InvalidArgumentError */
  constructor(options: StreamPollerOptions) {
    checkPollerOptions(options);
    const { projections, onError = warnOfError, ...others } = options;
    this.#options = {
      onFailure: warn,
      onParked: () => {},
      maxAttempts: 5,
      concurrency: 10,
      pollIntervalMs: 1_000,
      lockTimeoutMs: 20_000,
      ...withoutUndefined(others),
      checkpoints: boundedStore(options.checkpoints),
      onError: error => notify('onError', onError, error),
    };
    this.#tables = projectedTables(projections.map(projection => projection[PROJECTOR]));
  }

  get state(): StreamPollerState {
    return this.#state;
  }

  /**
   * Begins to read, once no other process does, until `stop` is called. Resolves when the tables' streams are found, or
   * when it is stopped before. Called again, it does no more than that; after `stop`, it begins again.
   *
   * @throws StreamNotReadableError if a table has no stream that holds new images; InvalidArgumentError if two tables of
   *   one name are in different regions; the error of the request. Then it is not started.
   */
  async start(): Promise<void> {
    if (this.#run === undefined || this.#run.end.signal.aborted) this.#run = this.#begin(this.#run?.ended);
    await this.#run.started;
  }

  /**
   * Begins no further work, waits for what is under way, and lets the next process have the lock. Does nothing if it was
   * not started. A handler must not wait for it, as it waits for the handler.
   *
   * Ends within 30 seconds. If a handler hangs, that is reported to `onError`, and the poller is stopped all the same.
   * The handler's event comes again; if the handler ends later, the poller does not go on.
   */
  async stop(): Promise<void> {
    this.#run?.end.abort();
    await this.#run?.ended;
  }

  #begin(before: Promise<void> | undefined): Run {
    const end = new AbortController();
    const started = this.#findTables(before, end.signal);
    const ended = started.then(
      tables => this.#work(tables, end),
      // Whoever called `start` knows.
      () => end.abort(),
    );
    return { end, started, ended };
  }

  /** None if it is stopped meanwhile. */
  async #findTables(before: Promise<void> | undefined, signal: AbortSignal): Promise<PolledTable[]> {
    await before;
    await loadCommands();
    try {
      return await findTables(this.#tables, signal);
    } catch (error) {
      if (signal.aborted) return [];
      throw error;
    }
  }

  async #work(tables: readonly PolledTable[], end: AbortController): Promise<void> {
    let isOver = false;
    const onState = (state: 'waiting' | 'running'): void => {
      if (!isOver) this.#state = state;
    };
    const dynamoDbStreamsClient = this.#options.dynamoDbStreamsClient as DynamoDBStreamsClient;
    const run = runPoller({ ...this.#options, dynamoDbStreamsClient, tables, onState }, end);
    await endsAfter(end.signal, TIMEOUTS.request, `Poller ${JSON.stringify(this.#options.name)}`, run).catch(
      this.#options.onError,
    );
    isOver = true;
    this.#state = 'stopped';
  }
}

/** An option that is there and undefined is as good as none. */
const withoutUndefined = <OPTIONS extends object>(options: OPTIONS): OPTIONS =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as OPTIONS;

/** The text of an error that is not ours may hold anything. */
const warnOfError = (error: unknown): void => {
  const { name, message } = describeError(error);
  const isOurs = memberOf(error, 'code') === name;
  process.emitWarning(`A StreamPoller failed, and tries again: ${isOurs ? `${name}: ${message}` : name}`, {
    type: 'StreamPollerError',
    code: 'CASTORE_DYNAMODB_STREAM_POLLER_ERROR',
  });
};

/** An hour; much longer ones overflow the timers of Node. */
const MAX_INTERVAL_MS = 3_600_000;

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
const checkPollerOptions = (options: StreamPollerOptions): void => {
  checkOptions(options, '', OPTIONS);
  checkName(options.name);
  checkProjections(options.projections);
  checkCheckpoints(options.checkpoints);
  checkClient(options.dynamoDbStreamsClient, 'dynamoDbStreamsClient');
  for (const argument of ['onFailure', 'onParked', 'onError'] as const) {
    if (options[argument] !== undefined) checkFunction(options[argument], argument);
  }
  for (const argument of ['maxAttempts', 'concurrency'] as const) {
    if (options[argument] !== undefined) checkInteger(options[argument], argument);
  }
  for (const argument of ['pollIntervalMs', 'lockTimeoutMs'] as const) {
    if (options[argument] !== undefined) checkInteger(options[argument], argument, 1, MAX_INTERVAL_MS);
  }
};
