import type { EventDetail, EventStore } from '@castore/core';
import {
  checkBoolean,
  checkInteger,
  checkOptions,
  checkString,
  InvalidArgumentError,
  mapConcurrently,
  type OptionNames,
} from '@castore-dynamodb/commons';

import type { StateCache } from '../cache/stateCache.js';
import type { SnapshotFailedError } from '../errors.js';
import type { ReadsUnderWay } from '../load/readsUnderWay.js';
import { type AggregatePage, listedPages } from '../maintenance/aggregatePages.js';
import { scannedPages } from '../maintenance/scannedPages.js';
import type { SnapshotRepository } from '../repository/snapshotRepository.js';
import type { Snapshot } from '../snapshotStorage.js';
import { fingerprint } from '../state/fingerprint.js';
import type { SnapshotWriter } from '../write/snapshotWriter.js';

/**
 * @example
 * for await (const { aggregates, snapshots } of hotPokemons.snapshots.deleteOutdated({ concurrency: 4 })) {
 *   console.log(`${snapshots} snapshots of ${aggregates} aggregates`);
 * }
 */
export interface MaintenanceOptions {
  /**
   * The last `pageToken` that was seen: goes on after that progress. A build goes on with the same `scan` only.
   *
   * @default from the first aggregate on
   */
  pageToken?: string | undefined;
  /** How many aggregates are worked on at once. @default 25 */
  concurrency?: number | undefined;
}

const OPTIONS: OptionNames<MaintenanceOptions> = { pageToken: true, concurrency: true };

/**
 * @example
 * for await (const { aggregates, snapshots } of hotPokemons.snapshots.build({ scan: true, concurrency: 4 })) {
 *   console.log(`${snapshots} snapshots of ${aggregates} aggregates`);
 * }
 */
export interface BuildOptions extends MaintenanceOptions {
  /**
   * Finds aggregates by Scans of the table instead of listing them, and leaves out those that are too short without a
   * request for each. For tables with many short aggregates: a read unit for each 4 KB of the whole table, whatever it
   * holds, and a request for each MB. What is not surely too short is loaded as ever, so the same snapshots are written.
   *
   * Needs an adapter of `@castore-dynamodb/adapter`, and `dynamodb:Scan` on its table.
   *
   * @default false
   */
  scan?: boolean | undefined;
}

const BUILD_OPTIONS: OptionNames<BuildOptions> = { ...OPTIONS, scan: true };

/** How far maintenance of a whole event store has come. */
export interface MaintenanceProgress {
  /** Aggregates looked at since the start of this run. */
  aggregates: number;
  /** Snapshots written, or deleted. */
  snapshots: number;
  /** Aggregates that could not be loaded, or their snapshots written or deleted; `onSnapshotError` got the reasons. */
  failures: number;
  /** Goes on after this point; undefined at the end. */
  pageToken: string | undefined;
}

/** The newest snapshot of an aggregate, held against the events. */
export interface InspectedSnapshot {
  readonly version: number;
  /** When it was made, ISO 8601. */
  readonly takenAt: string;
  /**
   * `usable`: a load begins with it. `ahead-of-events`: the aggregate has no such event any more, as after its table was
   * restored. `other-events`: the event at its version is another one now. `unreadable`: it cannot be decoded.
   */
  readonly state: 'usable' | 'ahead-of-events' | 'other-events' | 'unreadable';
}

export interface BuildProgress extends MaintenanceProgress {
  /** Aggregates that the policy would take no snapshot of: they are too short, or have too few events since their last. */
  leftOut: number;
}

const NONE = { aggregates: 0, snapshots: 0, failures: 0 };

/** The snapshots of one event store. */
export class Snapshots {
  readonly #eventStore: EventStore;
  readonly #snapshots: SnapshotRepository;
  readonly #writer: SnapshotWriter;
  readonly #cache: StateCache | undefined;
  readonly #reads: ReadsUnderWay;

  constructor(
    eventStore: EventStore,
    snapshots: SnapshotRepository,
    writer: SnapshotWriter,
    cache: StateCache | undefined,
    reads: ReadsUnderWay,
  ) {
    this.#eventStore = eventStore;
    this.#snapshots = snapshots;
    this.#writer = writer;
    this.#cache = cache;
    this.#reads = reads;
  }

  /**
   * Resolves when all snapshots that loads and pushes have caused until now are written or have failed; at once if
   * there are none. Never rejects. If the storage hangs, it ends after a few minutes at most. On Lambda, await it
   * before the handler returns: a snapshot that is still being written then is frozen, and may be lost.
   */
  async settled(): Promise<void> {
    await this.#writer.settled();
  }

  /**
   * Writes the snapshots that the policy would have taken by now, of a load or of the push of any event that came after
   * the newest one: before a new reducer version is deployed, for example. The others are counted as left out. It does its
   * work while it is iterated over, page by page. For a snapshot of every aggregate, call it on an event store with
   * `everyNEvents(1)`.
   *
   * Costs the listing, and a request for each aggregate that is left out as too short; with `scan`, the scanning of the table
   * instead. For the others a load, and a write of the snapshot. An aggregate that cannot be loaded, or whose snapshot cannot
   * be written, counts as a failure, is reported to `onSnapshotError`, and stops nothing.
   *
   * @throws InvalidArgumentError, and what listing or scanning throws.
   */
  async *build(options: BuildOptions = {}): AsyncGenerator<BuildProgress, void, undefined> {
    checkOptions(options, 'options', BUILD_OPTIONS);
    const { scan = false, pageToken } = options;
    checkBoolean(scan, 'options.scan');
    const pages = scan
      ? scannedPages(this.#eventStore, pageToken, aggregate => this.#writer.isTooShort(aggregate))
      : listedPages(this.#eventStore, pageToken);
    const progress = { ...NONE, leftOut: 0 };
    const build = async (aggregateId: string): Promise<void> => {
      if (await this.#writer.build(aggregateId)) progress.snapshots += 1;
      else progress.leftOut += 1;
    };
    for await (const { tooShort, nextPageToken } of this.#workOn(pages, options, progress, build)) {
      progress.leftOut += tooShort;
      yield { ...progress, pageToken: nextPageToken };
    }
  }

  /**
   * Deletes, for every aggregate, the snapshots of all reducer versions but this event store's. Use it when a
   * deployment is done and will not be taken back. It does its work while it is iterated over, page by page.
   *
   * Costs reading all snapshots of each aggregate, and a deletion for each one that is deleted.
   *
   * @throws InvalidArgumentError, and what listing throws.
   */
  async *deleteOutdated(options: MaintenanceOptions = {}): AsyncGenerator<MaintenanceProgress, void, undefined> {
    checkOptions(options, 'options', OPTIONS);
    const selection = { exceptReducerVersion: this.#snapshots.reducerVersion };
    const progress = { ...NONE };
    const pages = listedPages(this.#eventStore, options.pageToken);
    const deleteOf = async (aggregateId: string): Promise<void> => {
      const deleted = await this.#snapshots.delete(aggregateId, selection);
      progress.snapshots += deleted;
    };
    for await (const { nextPageToken } of this.#workOn(pages, options, progress, deleteOf)) {
      yield { ...progress, pageToken: nextPageToken };
    }
  }

  /**
   * Deletes all snapshots of one aggregate, of every reducer version, and forgets its state in the memory of this event
   * store. Use it if something else than this event store has changed or deleted the aggregate's events.
   *
   * @returns how many snapshots.
   * @throws InvalidArgumentError, SnapshotFailedError
   */
  async deleteOf(aggregateId: string): Promise<number> {
    checkString(aggregateId, 'aggregateId');
    this.#cache?.forget(aggregateId);
    return this.#reads.whileDeleting(aggregateId, async () => {
      await this.#writer.settled(aggregateId);
      return this.#snapshots.delete(aggregateId, {});
    });
  }

  /**
   * What has become of the newest snapshot of an aggregate, of this reducer version; undefined if there is none. Changes
   * nothing.
   *
   * Costs the reading of the snapshot and of one event: two requests, a read unit for each 4 KB. What of the snapshot cannot be
   * read is reported to `onSnapshotError`.
   *
   * @throws InvalidArgumentError, and what reading events throws.
   */
  async inspect(aggregateId: string): Promise<InspectedSnapshot | undefined> {
    checkString(aggregateId, 'aggregateId');
    const snapshot = await this.#snapshots.find(aggregateId, undefined);
    if (snapshot === undefined) return undefined;
    const { version, takenAt } = snapshot;
    const { events } = await this.#eventStore.getEvents(aggregateId, { minVersion: version, limit: 1 });
    return { version, takenAt, state: await this.#stateOf(snapshot, events[0]) };
  }

  async #stateOf(snapshot: Snapshot, own: EventDetail | undefined): Promise<InspectedSnapshot['state']> {
    if (own === undefined) return 'ahead-of-events';
    if (own.version !== snapshot.version || fingerprint(own) !== snapshot.lastEvent) return 'other-events';
    return (await this.#snapshots.restore(snapshot)) === undefined ? 'unreadable' : 'usable';
  }

  /** Goes on to the next page when its consumer does. */
  async *#workOn(
    pages: AsyncIterable<AggregatePage>,
    { concurrency = 25 }: MaintenanceOptions,
    progress: typeof NONE,
    /** Throws nothing but SnapshotFailedErrors. */
    work: (aggregateId: string) => Promise<void>,
  ): AsyncGenerator<AggregatePage, void, undefined> {
    if (!this.#snapshots.hasStorage) {
      throw new InvalidArgumentError(
        'options.storage',
        'withSnapshots was given no storage, so there are no stored snapshots.',
      );
    }
    checkInteger(concurrency, 'options.concurrency');
    for await (const page of pages) {
      await mapConcurrently(page.aggregateIds, concurrency, async aggregateId => {
        try {
          await work(aggregateId);
        } catch (error) {
          this.#snapshots.report(error as SnapshotFailedError);
          progress.failures += 1;
        }
      });
      progress.aggregates += page.aggregateIds.length + page.tooShort;
      yield page;
    }
  }
}
