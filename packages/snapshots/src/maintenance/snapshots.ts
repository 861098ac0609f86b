import type { Aggregate, EventDetail, EventStore, ListAggregateIdsOptions } from '@castore/core';

import { checkObject, checkPositive, checkString } from '../checkArgument.js';
import type { SnapshotFailedError } from '../errors/index.js';
import type { SnapshotKeeper } from '../keeper/snapshotKeeper.js';
import type { SnapshotTaker } from '../keeper/snapshotTaker.js';
import type { LoadedAggregate } from '../load/loadAggregate.js';

export interface MaintenanceOptions {
  /** Where to go on: `pageToken` of the last progress that was seen. Leave it out to start with the first aggregate. */
  pageToken?: string;
  /** How many aggregates are worked on at once. @default 10 */
  concurrency?: number;
}

/** How far maintenance of a whole event store has come. */
export interface MaintenanceProgress {
  /** Aggregates looked at since the start of this run. */
  aggregates: number;
  /** Snapshots written, or deleted. */
  snapshots: number;
  /** Aggregates that could not be loaded, or their snapshots written or deleted; `onSnapshotError` was told why. */
  failures: number;
  /** Goes on behind this point; undefined at the end. */
  pageToken: string | undefined;
}

const PAGE_SIZE = 100;

/** The snapshots of one event store. */
export class Snapshots {
  readonly #keeper: SnapshotKeeper;
  readonly #taker: SnapshotTaker;
  readonly #listAggregateIds: EventStore['listAggregateIds'];
  readonly #load: (aggregateId: string) => Promise<LoadedAggregate<Aggregate, EventDetail>>;

  constructor(
    keeper: SnapshotKeeper,
    taker: SnapshotTaker,
    listAggregateIds: EventStore['listAggregateIds'],
    load: (aggregateId: string) => Promise<LoadedAggregate<Aggregate, EventDetail>>,
  ) {
    this.#keeper = keeper;
    this.#taker = taker;
    this.#listAggregateIds = listAggregateIds;
    this.#load = load;
  }

  /**
   * Resolves when every snapshot is written, or has failed, that loads and pushes have caused until then; at once where
   * there is none. Never rejects. On Lambda, await it before the handler returns: what is still on its way then is
   * frozen, and may be lost.
   */
  async settled(): Promise<void> {
    await this.#keeper.background.settled();
  }

  /**
   * Writes a snapshot of every aggregate that has events after its newest one, whatever the policy says: before a new
   * reducer version is deployed, for example. It does its work while it is iterated over, page by page.
   *
   * Costs a load of each aggregate, and a write of each snapshot. An aggregate that cannot be loaded, or whose snapshot
   * cannot be written, counts as a failure, is told to `onSnapshotError`, and stops nothing.
   *
   * @throws InvalidArgumentError, and what listing throws.
   */
  build(options: MaintenanceOptions = {}): AsyncGenerator<MaintenanceProgress, void, undefined> {
    return this.#forEach(options, async aggregateId =>
      (await this.#taker.take(aggregateId, () => this.#load(aggregateId))) ? 1 : 0,
    );
  }

  /**
   * Deletes the snapshots of every reducer version but this event store's, of every aggregate: when a deployment is done
   * and will not be taken back. It does its work while it is iterated over, page by page.
   *
   * Costs reading all snapshots of each aggregate, and a deletion of each that goes.
   *
   * @throws InvalidArgumentError, and what listing throws.
   */
  deleteOutdated(options: MaintenanceOptions = {}): AsyncGenerator<MaintenanceProgress, void, undefined> {
    const { reducerVersion } = this.#keeper;
    return this.#forEach(options, aggregateId =>
      this.#keeper.delete(aggregateId, { exceptReducerVersion: reducerVersion }),
    );
  }

  /**
   * Deletes all snapshots of one aggregate, of every reducer version: when its events were changed or deleted by
   * something else than this event store.
   *
   * @returns how many.
   * @throws InvalidArgumentError, SnapshotFailedError
   */
  async deleteOf(aggregateId: string): Promise<number> {
    checkString(aggregateId, 'aggregateId');
    await this.settled();
    return this.#keeper.delete(aggregateId, {});
  }

  async *#forEach(
    options: MaintenanceOptions,
    /** Throws nothing but SnapshotFailedErrors. */
    work: (aggregateId: string) => Promise<number>,
  ): AsyncGenerator<MaintenanceProgress, void, undefined> {
    checkObject(options, 'options');
    const { pageToken: start, concurrency = 10 } = options;
    checkPositive(concurrency, 'options.concurrency', { integer: true });
    const progress = { aggregates: 0, snapshots: 0, failures: 0 };
    let page: ListAggregateIdsOptions = start === undefined ? { limit: PAGE_SIZE } : { pageToken: start };
    for (;;) {
      const { aggregateIds, nextPageToken } = await this.#listAggregateIds(page);
      for (let index = 0; index < aggregateIds.length; index += concurrency) {
        const batch = aggregateIds.slice(index, index + concurrency);
        await Promise.all(
          batch.map(async ({ aggregateId }) => {
            try {
              const count = await work(aggregateId);
              progress.snapshots += count;
            } catch (error) {
              this.#keeper.report(error as SnapshotFailedError);
              progress.failures += 1;
            }
          }),
        );
      }
      progress.aggregates += aggregateIds.length;
      yield { ...progress, pageToken: nextPageToken };
      if (nextPageToken === undefined) return;
      page = { pageToken: nextPageToken };
    }
  }
}
