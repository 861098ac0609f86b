import { describeError, memberOf, notify } from '@castore-dynamodb/commons';

import { boundedStore } from '../checkpoints/checkpointStore.js';
import { warn } from '../projections/failure.js';
import { type ProjectedTable, projectedTables } from '../projections/projectedTables.js';
import { PROJECTOR } from '../projections/projection.js';
import { endsAfter, TIMEOUTS } from '../timeouts.js';
import { runPoller } from './runPoller.js';
import { checkPollerOptions, type StreamPollerOptions, type StreamPollerState } from './streamPollerOptions.js';
import { findTables, type PolledTable } from './tableReader.js';
import { loadCommands } from './tableStream.js';

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
    const onState = (state: StreamPollerState): void => {
      if (!isOver) this.#state = state;
    };
    const run = runPoller({ ...this.#options, tables, onState }, end);
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
