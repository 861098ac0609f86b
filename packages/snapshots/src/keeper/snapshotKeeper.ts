import type { Aggregate } from '@castore/core';

import { type SnapshotError, SnapshotFailedError, SnapshotIgnoredError } from '../errors/index.js';
import type { Snapshot, SnapshotSeries } from '../snapshot.js';
import type { SnapshotSelection } from '../snapshotStorage.js';
import { unpackState } from '../state/packState.js';
import { unflatten } from '../state/unflatten.js';
import { BackgroundTasks } from './backgroundTasks.js';
import type { ResolvedOptions } from './resolvedOptions.js';

/** The snapshots of one event store: finds, restores and deletes them, and tells of what fails. */
export class SnapshotKeeper {
  readonly background = new BackgroundTasks();
  readonly #options: ResolvedOptions;

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  get reducerVersion(): string {
    return this.#options.reducerVersion;
  }

  /** Snapshots are a help: where one cannot be read, the aggregate is built without. */
  async find(aggregateId: string, maxVersion: number | undefined): Promise<Snapshot | undefined> {
    if (!isId(aggregateId) || !(maxVersion === undefined || isVersion(maxVersion))) return undefined;
    const series = this.seriesOf(aggregateId);
    try {
      const snapshot = await this.#options.storage.getSnapshot(series, maxVersion);
      if (snapshot === undefined || isOf(series, snapshot, maxVersion)) return snapshot;
      this.report(new SnapshotIgnoredError('not-asked-for', { ...series, version: snapshot.version }));
    } catch (cause) {
      this.report(new SnapshotFailedError('read', series, 'The aggregate was built from its events.', cause));
    }
    return undefined;
  }

  /** @throws SnapshotIgnoredError */
  async restore(snapshot: Snapshot): Promise<Aggregate> {
    let aggregate: Aggregate;
    try {
      aggregate = this.#options.deserialize(unflatten(await unpackState(snapshot.state)));
    } catch (cause) {
      throw new SnapshotIgnoredError('unreadable', snapshot, { cause });
    }
    let hasShape: boolean;
    try {
      hasShape = this.#options.hasShape(aggregate);
    } catch (cause) {
      throw new SnapshotIgnoredError('wrong-shape', snapshot, { cause });
    }
    if (!hasShape) throw new SnapshotIgnoredError('wrong-shape', snapshot);
    return aggregate;
  }

  /** @throws SnapshotFailedError */
  async delete(aggregateId: string, selection: SnapshotSelection, consequence = ''): Promise<number> {
    const series = this.seriesOf(aggregateId);
    try {
      return await this.#options.storage.deleteSnapshots(series, selection);
    } catch (cause) {
      throw new SnapshotFailedError('delete', series, consequence, cause);
    }
  }

  /**
   * Tells of a snapshot that was not used. Those of events that are not there are deleted, in the background: they would
   * be found, and be of no use, on every load. All others give way to the next one that is taken.
   */
  ignore(error: SnapshotIgnoredError, lastVersion: number): void {
    this.report(error);
    if (error.reason !== 'ahead-of-events') return;
    this.background.run(async () => {
      try {
        await this.delete(error.aggregateId, { minVersion: lastVersion + 1 }, 'It will be found again.');
      } catch (failure) {
        this.report(failure as SnapshotFailedError);
      }
    });
  }

  /** Whoever is told must not fail what it is told about. */
  report(error: SnapshotError): void {
    try {
      this.#options.onSnapshotError(error);
    } catch (failure) {
      process.emitWarning(failure instanceof Error ? failure : String(failure));
    }
  }

  seriesOf(aggregateId: string): SnapshotSeries {
    const { eventStoreId, reducerVersion } = this.#options;
    return { eventStoreId, aggregateId, reducerVersion };
  }
}

/** Of anything else there is no snapshot to ask for; the event store says what is wrong with it. */
const isId = (aggregateId: unknown): boolean =>
  typeof aggregateId === 'string' && aggregateId !== '' && aggregateId.isWellFormed();

const isVersion = (maxVersion: number): boolean => Number.isSafeInteger(maxVersion) && maxVersion >= 1;

const isOf = (series: SnapshotSeries, snapshot: Snapshot, maxVersion = Number.POSITIVE_INFINITY): boolean =>
  snapshot.eventStoreId === series.eventStoreId &&
  snapshot.aggregateId === series.aggregateId &&
  snapshot.reducerVersion === series.reducerVersion &&
  snapshot.version <= maxVersion;
