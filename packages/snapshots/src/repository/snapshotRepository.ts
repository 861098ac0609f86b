import type { Put } from '@aws-sdk/client-dynamodb';
import type { Aggregate } from '@castore/core';
import { notify, withDeadline } from '@castore-dynamodb/commons';

import { IncompleteHistoryError, type SnapshotError, SnapshotFailedError, SnapshotIgnoredError } from '../errors.js';
import type { StateOrigin } from '../load/foldInto.js';
import { findGap } from '../load/history.js';
import type { LoadedAggregate } from '../load/loadedAggregate.js';
import type { Snapshot, SnapshotSelection, SnapshotSeries } from '../snapshotStorage.js';
import { deserialize } from '../state/deserialize.js';
import { fingerprint } from '../state/fingerprint.js';
import { packSnapshot, subjectsOf, type UnpackedSnapshot, unpackSnapshot } from '../state/protectedState.js';
import { serialize } from '../state/serialize.js';
import { callSync } from './callSync.js';
import type { ResolvedOptions } from './resolvedOptions.js';
import { SnapshotQueue } from './snapshotQueue.js';

/** How long a load waits for its snapshot; then it goes on from the events. */
const READ_DEADLINE_MS = 10_000;
/** How long a snapshot may take to be written, or the snapshots of an aggregate to be deleted. */
const WRITE_DEADLINE_MS = 60_000;

/** A snapshot whose state is still a text, made at once: whoever gets the aggregate next may change it. */
export type EncodedSnapshot = Omit<Snapshot, 'state'> & { readonly text: string };

/** An aggregate from a snapshot, and what the snapshot says of itself, with what was hidden in it. */
export interface RestoredSnapshot {
  readonly aggregate: Aggregate;
  readonly origin: StateOrigin;
}

/**
 * The snapshots of one event store and reducer version, in the user's storage. The user's storage and functions may fail
 * or hang in any way; here that becomes a report to `onSnapshotError`, or a `SnapshotFailedError`.
 */
export class SnapshotRepository {
  readonly #options: ResolvedOptions;
  readonly #discarding = new SnapshotQueue();

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  /**
   * What snapshots are kept under: the reducer's version and the shape in which events are read, if that is not the one
   * they were written in. Asked anew each time, as an event store may be connected to another adapter.
   */
  get reducerVersion(): string {
    const { reducerVersion, schemaFingerprint } = this.#options;
    const shape = schemaFingerprint();
    return shape === '' ? reducerVersion : `${reducerVersion}+${shape}`;
  }

  get hasStorage(): boolean {
    return this.#options.storage !== undefined;
  }

  /** The newest snapshot at or before a version. Does not fail: what cannot be read is not there. */
  async find(aggregateId: string, maxVersion: number | undefined): Promise<Snapshot | undefined> {
    const { storage } = this.#options;
    if (storage === undefined || !isId(aggregateId) || !(maxVersion === undefined || isVersion(maxVersion)))
      return undefined;
    const series = this.#seriesOf(aggregateId);
    try {
      const found = await withDeadline({ operation: 'getSnapshot', milliseconds: READ_DEADLINE_MS }, () =>
        storage.getSnapshot(series, maxVersion),
      );
      if (found === undefined || found === null) return undefined;
      // Read once, here: what a storage answers with may be anything.
      const { eventStoreId, reducerVersion, version, takenAt, lastEvent, lastEventTimestamp, state } = found;
      const snapshot = {
        eventStoreId,
        aggregateId: found.aggregateId,
        reducerVersion,
        version,
        takenAt,
        lastEvent,
        lastEventTimestamp,
        state,
      };
      if (isOf(series, snapshot, maxVersion)) return snapshot;
      this.report(new SnapshotIgnoredError('not-asked-for', { ...series, version }));
    } catch (cause) {
      this.report(new SnapshotFailedError('read', series, 'The aggregate was built from its events.', cause));
    }
    return undefined;
  }

  /** The aggregate of a snapshot. Does not fail: one that cannot be restored is reported. */
  async restore(snapshot: Snapshot): Promise<RestoredSnapshot | undefined> {
    let unpacked: UnpackedSnapshot | undefined;
    try {
      unpacked = await unpackSnapshot(this.#options.protection(), snapshot);
    } catch (cause) {
      this.report(new SnapshotIgnoredError('unreadable', snapshot, { cause }));
      return undefined;
    }
    if (unpacked === undefined) {
      this.report(new SnapshotIgnoredError('forgotten-subject', snapshot));
      return undefined;
    }
    const { text, ...hidden } = unpacked;
    const aggregate = this.revive(snapshot, text);
    if (aggregate === undefined) return undefined;
    const { hasShape } = this.#options;
    try {
      if (callSync('hasShape', () => hasShape(aggregate))) return { aggregate, origin: { ...snapshot, ...hidden } };
      this.report(new SnapshotIgnoredError('wrong-shape', snapshot));
    } catch (cause) {
      this.report(new SnapshotIgnoredError('wrong-shape', snapshot, { cause }));
    }
    return undefined;
  }

  /** The aggregate that a text was made of. Does not fail: what is none is reported. */
  revive(origin: StateOrigin, text: string): Aggregate | undefined {
    try {
      const serialized = deserialize(text);
      const aggregate = callSync('deserialize', () => this.#options.deserialize(serialized)) ?? undefined;
      if (aggregate === undefined) throw new TypeError('deserialize returned no aggregate.');
      return aggregate;
    } catch (cause) {
      this.report(new SnapshotIgnoredError('unreadable', origin, { cause }));
      return undefined;
    }
  }

  /** Whether a state in memory may still be used. Does not fail: what cannot be known is reported. */
  async isReadable(origin: StateOrigin): Promise<boolean> {
    const { subjects = [] } = origin;
    if (subjects.length === 0) return true;
    try {
      if ((await this.#options.protection()?.areReadable(subjects)) === true) return true;
      this.report(new SnapshotIgnoredError('forgotten-subject', origin));
    } catch (cause) {
      this.report(new SnapshotIgnoredError('unreadable', origin, { cause }));
    }
    return false;
  }

  /**
   * The snapshot of what was loaded; undefined if that is nothing.
   *
   * @throws IncompleteHistoryError, UnprotectedStateError, UnstorableStateError, and what `serialize` throws
   */
  encode(
    aggregateId: string,
    { aggregate, events, lastEvent, snapshot }: LoadedAggregate,
  ): EncodedSnapshot | undefined {
    if (aggregate === undefined || lastEvent === undefined) return undefined;
    const gap = findGap(events, (snapshot?.version ?? 0) + 1);
    if (gap !== undefined) throw new IncompleteHistoryError(gap);
    const subjects = subjectsOf(this.#options.protection(), snapshot?.subjects ?? [], events);
    return {
      ...this.#seriesOf(aggregateId),
      version: lastEvent.version,
      takenAt: new Date().toISOString(),
      lastEvent: fingerprint(lastEvent),
      lastEventTimestamp: lastEvent.timestamp,
      ...(subjects.length > 0 && { subjects }),
      text: serialize(callSync('serialize', () => this.#options.serialize(aggregate))),
    };
  }

  async write(encoded: EncodedSnapshot): Promise<void> {
    await inTime('putSnapshot', async () => this.#options.storage?.putSnapshot(await this.#pack(encoded)));
  }

  /** What to put for a snapshot in the transaction of its events, and what to do when that is done. */
  async toPut(encoded: EncodedSnapshot): Promise<{ put: Put; applyRetention: () => Promise<void> } | undefined> {
    const storage = this.#options.transactional;
    if (storage === undefined) return undefined;
    const snapshot = await this.#pack(encoded);
    const put = await inTime('toPut', () => storage.toPut(snapshot));
    if (typeof put?.Item !== 'object') throw new TypeError('toPut returned no item to put.');
    return { put, applyRetention: () => this.#applyRetention(snapshot) };
  }

  async #applyRetention(snapshot: Snapshot): Promise<void> {
    try {
      await inTime('applyRetention', async () => this.#options.transactional?.applyRetention(snapshot));
    } catch (cause) {
      this.report(new SnapshotFailedError('delete', snapshot, 'More are kept than should be.', cause));
    }
  }

  /** @throws SnapshotFailedError */
  async delete(aggregateId: string, selection: SnapshotSelection, consequence = ''): Promise<number> {
    const { storage } = this.#options;
    if (storage === undefined) return 0;
    const series = this.#seriesOf(aggregateId);
    try {
      return await inTime('deleteSnapshots', async () => storage.deleteSnapshots(series, selection));
    } catch (cause) {
      throw new SnapshotFailedError('delete', series, consequence, cause);
    }
  }

  /**
   * Deletes snapshots of events that are not there, in the background: they would be found again on every load. All other
   * snapshots that are of no use give way to the next one that is taken.
   */
  discard(aggregateId: string, selection: { minVersion: number; maxVersion: number | undefined }): void {
    const version = selection.maxVersion ?? Number.POSITIVE_INFINITY;
    if (this.#discarding.has(aggregateId, version)) return;
    this.#discarding.add(aggregateId, version, () =>
      this.delete(aggregateId, selection, 'It will be found again.').then(() => {}, this.report),
    );
  }

  report = (error: SnapshotError): void => notify('onSnapshotError', this.#options.onSnapshotError, error);

  reportWrite(aggregateId: string, cause: unknown): void {
    this.report(this.writeFailure(aggregateId, cause));
  }

  writeFailure(aggregateId: string, cause: unknown): SnapshotFailedError {
    const consequence = 'Loads are right without it, but cost more.';
    return new SnapshotFailedError('write', this.#seriesOf(aggregateId), consequence, cause);
  }

  /** Resolves when snapshots are deleted that were discarded until now. */
  async settled(aggregateId?: string): Promise<void> {
    await this.#discarding.settled(aggregateId);
  }

  #pack({ text, ...header }: EncodedSnapshot): Promise<Snapshot> {
    return packSnapshot(this.#options.protection(), header, text);
  }

  #seriesOf(aggregateId: string): SnapshotSeries {
    return { eventStoreId: this.#options.eventStoreId, aggregateId, reducerVersion: this.reducerVersion };
  }
}

const inTime = <RESULT>(operation: string, work: () => Promise<RESULT>): Promise<RESULT> =>
  withDeadline({ operation, milliseconds: WRITE_DEADLINE_MS }, work);

/** There is no snapshot to ask for of anything else; the event store says what is wrong with it. */
const isId = (aggregateId: unknown): boolean =>
  typeof aggregateId === 'string' && aggregateId !== '' && aggregateId.isWellFormed();

const isVersion = (version: unknown): boolean => Number.isSafeInteger(version) && (version as number) >= 1;

const isOf = (series: SnapshotSeries, snapshot: Snapshot, maxVersion = Number.POSITIVE_INFINITY): boolean =>
  snapshot.eventStoreId === series.eventStoreId &&
  snapshot.aggregateId === series.aggregateId &&
  snapshot.reducerVersion === series.reducerVersion &&
  isVersion(snapshot.version) &&
  snapshot.version <= maxVersion;
