import type { Aggregate, EventDetail } from '@castore/core';

import {
  IncompleteHistoryError,
  type SnapshotError,
  SnapshotFailedError,
  SnapshotIgnoredError,
} from '../errors/index.js';
import { findGap } from '../load/history.js';
import type { LoadedAggregate } from '../load/loadAggregate.js';
import type { SnapshotOccasion, SnapshotPolicy, TailLength } from '../policies/policy.js';
import type { Snapshot, SnapshotSeries } from '../snapshot.js';
import type { SnapshotSelection, SnapshotStorage } from '../snapshotStorage.js';
import { fingerprint } from '../state/fingerprint.js';
import { flatten } from '../state/flatten.js';
import { packState, unpackState } from '../state/packState.js';
import { unflatten } from '../state/unflatten.js';
import { BackgroundTasks } from './backgroundTasks.js';

export interface KeeperOptions {
  readonly eventStoreId: string;
  readonly reducerVersion: string;
  readonly storage: SnapshotStorage;
  readonly policy: SnapshotPolicy;
  readonly serialize: (aggregate: Aggregate) => unknown;
  readonly deserialize: (serialized: unknown) => Aggregate;
  readonly hasShape: (aggregate: unknown) => boolean;
  readonly onSnapshotError: (error: SnapshotError) => void;
}

const DEFAULT_TAIL: TailLength = { events: 100 };

type Loaded = LoadedAggregate<Aggregate, EventDetail>;

type EncodedSnapshot = Omit<Snapshot, 'state'> & { readonly text: string };

/** The snapshots of one event store: finds, restores, takes and deletes them, and tells of what fails. */
export class SnapshotKeeper {
  readonly background = new BackgroundTasks();
  readonly #options: KeeperOptions;
  /** Of each aggregate of which snapshots are being taken: the last one's version, and when it is done. */
  readonly #queues = new Map<string, { version: number; done: Promise<void> }>();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  get reducerVersion(): string {
    return this.#options.reducerVersion;
  }

  /** How much of an aggregate's end the policy wants read at once with its snapshot. */
  get tail(): TailLength {
    return this.#options.policy.tail ?? DEFAULT_TAIL;
  }

  isDue(occasion: SnapshotOccasion): boolean {
    try {
      return this.#options.policy(occasion);
    } catch (cause) {
      this.report(this.#writeFailure(occasion.aggregateId, cause));
      return false;
    }
  }

  /** Snapshots are a help: where one cannot be read, the aggregate is built without. */
  async find(aggregateId: string, maxVersion: number | undefined): Promise<Snapshot | undefined> {
    const series = this.#series(aggregateId);
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

  /** Keeps a snapshot of what was loaded, in the background. */
  takeInBackground(aggregateId: string, version: number, loaded: Loaded): void {
    if (this.#isBeingTaken(aggregateId, version)) return;
    try {
      // At once, since whoever gets the aggregate next may change it.
      const encoded = this.#encode(aggregateId, loaded);
      this.#enqueue(aggregateId, version, () => this.#put(encoded));
    } catch (cause) {
      this.report(this.#writeFailure(aggregateId, cause));
    }
  }

  /** Loads an aggregate and keeps a snapshot of it, in the background. */
  loadAndTakeInBackground(aggregateId: string, version: number, load: () => Promise<Loaded>): void {
    if (this.#isBeingTaken(aggregateId, version)) return;
    this.#enqueue(aggregateId, version, async () => this.#put(this.#encode(aggregateId, await load())));
  }

  /** Keeps a snapshot of what was loaded. @throws SnapshotFailedError */
  async take(aggregateId: string, loaded: Loaded): Promise<boolean> {
    try {
      return await this.#put(this.#encode(aggregateId, loaded));
    } catch (cause) {
      throw this.#writeFailure(aggregateId, cause);
    }
  }

  #isBeingTaken(aggregateId: string, version: number): boolean {
    return (this.#queues.get(aggregateId)?.version ?? 0) >= version;
  }

  /** The snapshots of one aggregate are taken one after the other: the next one builds on the one before. */
  #enqueue(aggregateId: string, version: number, take: () => Promise<unknown>): void {
    const before = this.#queues.get(aggregateId)?.done;
    const run = async (): Promise<void> => {
      await before;
      try {
        await take();
      } catch (cause) {
        this.report(this.#writeFailure(aggregateId, cause));
      }
      if (this.#queues.get(aggregateId) === entry) this.#queues.delete(aggregateId);
    };
    const entry = { version, done: Promise.resolve() };
    this.#queues.set(aggregateId, entry);
    this.background.run(() => (entry.done = run()));
  }

  #writeFailure(aggregateId: string, cause: unknown): SnapshotFailedError {
    return new SnapshotFailedError('write', this.#series(aggregateId), 'None was written.', cause);
  }

  /** The snapshot of what was loaded; undefined where that is the snapshot that it was loaded from, or nothing. */
  #encode(aggregateId: string, { aggregate, events, lastEvent, snapshot }: Loaded): EncodedSnapshot | undefined {
    if (aggregate === undefined || lastEvent === undefined || events.length === 0) return undefined;
    const gap = findGap(events, (snapshot?.version ?? 0) + 1);
    if (gap !== undefined) throw new IncompleteHistoryError(gap);
    return {
      ...this.#series(aggregateId),
      version: lastEvent.version,
      takenAt: new Date().toISOString(),
      lastEvent: fingerprint(lastEvent),
      text: flatten(this.#options.serialize(aggregate)),
    };
  }

  async #put(encoded: EncodedSnapshot | undefined): Promise<boolean> {
    if (encoded === undefined) return false;
    const { text, ...header } = encoded;
    await this.#options.storage.putSnapshot({ ...header, state: await packState(text) });
    return true;
  }

  /** @throws SnapshotFailedError */
  async delete(aggregateId: string, selection: SnapshotSelection, consequence = ''): Promise<number> {
    const series = this.#series(aggregateId);
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

  #series(aggregateId: string): SnapshotSeries {
    const { eventStoreId, reducerVersion } = this.#options;
    return { eventStoreId, aggregateId, reducerVersion };
  }
}

const isOf = (series: SnapshotSeries, snapshot: Snapshot, maxVersion = Number.POSITIVE_INFINITY): boolean =>
  snapshot.eventStoreId === series.eventStoreId &&
  snapshot.aggregateId === series.aggregateId &&
  snapshot.reducerVersion === series.reducerVersion &&
  snapshot.version <= maxVersion;
