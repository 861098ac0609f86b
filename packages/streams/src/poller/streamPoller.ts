import { warn } from '../projections/failure.js';
import { PROJECTOR } from '../projections/projection.js';
import type { Projector } from '../projections/projector.js';
import { checkPollerOptions } from './checkPollerOptions.js';
import { runPoller } from './runPoller.js';
import type { StreamPollerOptions, StreamPollerState } from './streamPollerOptions.js';
import { findStream, loadCommands } from './tableStream.js';
import { tablesOf } from './tablesOf.js';

interface Run {
  readonly end: AbortController;
  /** Resolves when the tables' streams are found. */
  readonly started: Promise<void>;
  /** Resolves when nothing is under way any more, however it ended. */
  readonly ended: Promise<void>;
}

/**
 * Reads the streams of the projections' tables in one long-running process: from its checkpoints on, and where there are
 * none yet, from the oldest record that the stream still has. Of several pollers of one name, in whatever processes, one
 * works and the others wait.
 *
 * Never ends the process. As an open server does, a poller that was started keeps it alive until `stop`.
 *
 * Costs a GetRecords request a second for each open shard (at the default interval), a write unit for each page of
 * records, 0.2 write units a second for the lock, and what the projections cost.
 */
export class StreamPoller {
  readonly #options: Required<StreamPollerOptions>;
  readonly #projectors: readonly Projector[];
  #state: StreamPollerState = 'stopped';
  #run: Run | undefined;

  /** @throws InvalidArgumentError */
  constructor(options: StreamPollerOptions) {
    checkPollerOptions(options);
    const { onError = warnOfError } = options;
    this.#options = {
      onFailure: warn,
      maxAttempts: 5,
      concurrency: 10,
      pollIntervalMs: 1_000,
      lockTimeoutMs: 20_000,
      ...withoutUndefined(options),
      onError: error => {
        try {
          onError(error);
        } catch (thrown) {
          warnOfError(thrown);
        }
      },
    };
    this.#projectors = options.projections.map(projection => projection[PROJECTOR]);
    tablesOf(this.#projectors);
  }

  get state(): StreamPollerState {
    return this.#state;
  }

  /**
   * Begins to read, once no other process does, until `stop` is called. Resolves when the tables' streams are found. Called
   * again, it does no more than that; after `stop`, it begins again.
   *
   * @throws StreamNotReadableError where a table has no stream that holds new images; the error of the request. Then it is
   *   not started.
   */
  async start(): Promise<void> {
    if (this.#run === undefined || this.#run.end.signal.aborted) this.#run = this.#begin(this.#run?.ended);
    await this.#run.started;
  }

  /**
   * Begins no further work, waits for what is under way, and lets the next process have the lock. Does nothing where it
   * was not started. A handler must not wait for it, as it waits for the handler.
   */
  async stop(): Promise<void> {
    this.#run?.end.abort();
    await this.#run?.ended;
  }

  #begin(before: Promise<void> | undefined): Run {
    const end = new AbortController();
    const started = this.#findStreams(before);
    const ended = started.then(
      () => this.#work(end),
      // Whoever called `start` knows.
      () => end.abort(),
    );
    return { end, started, ended };
  }

  async #findStreams(before: Promise<void> | undefined): Promise<void> {
    await before;
    await loadCommands();
    await Promise.all(tablesOf(this.#projectors).map(table => findStream(table)));
  }

  async #work(end: AbortController): Promise<void> {
    const options = {
      ...this.#options,
      projectors: this.#projectors,
      tables: tablesOf(this.#projectors),
      onState: (state: StreamPollerState) => {
        this.#state = state;
      },
    };
    await runPoller(options, end);
    this.#state = 'stopped';
  }
}

/** An option that is there and undefined is as good as none. */
const withoutUndefined = (options: StreamPollerOptions): StreamPollerOptions =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as StreamPollerOptions;

const warnOfError = (error: unknown): void => {
  const name = error instanceof Error ? error.name : typeof error;
  process.emitWarning(`A StreamPoller failed (${name}), and tries again.`, {
    type: 'StreamPollerError',
    code: 'CASTORE_DYNAMODB_STREAM_POLLER_ERROR',
  });
};
