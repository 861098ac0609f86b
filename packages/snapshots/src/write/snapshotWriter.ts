import type { Put } from '@aws-sdk/client-dynamodb';
import type { EventDetail, EventStore } from '@castore/core';
import { copyEvent } from '@castore-dynamodb/adapter';
import { withDeadline } from '@castore-dynamodb/commons';

import { TooManySnapshotsError } from '../errors.js';
import type { AggregateLoader } from '../load/aggregateLoader.js';
import { type LoadedAggregate, NOTHING } from '../load/loadedAggregate.js';
import type { ReadsUnderWay } from '../load/readsUnderWay.js';
import { estimateReadUnits } from '../load/readUnits.js';
import type { WholeAggregate } from '../maintenance/scannedPages.js';
import type { LoadOccasion, SnapshotOccasion } from '../policies.js';
import { callSync } from '../repository/callSync.js';
import type { ResolvedOptions } from '../repository/resolvedOptions.js';
import { SnapshotQueue } from '../repository/snapshotQueue.js';
import type { EncodedSnapshot, SnapshotRepository } from '../repository/snapshotRepository.js';

/** How long the load for a snapshot may take that nobody waits for. */
const LOAD_DEADLINE_MS = 60_000;

/** How long a push waits for the snapshot that is to be written in its transaction; then the events are pushed alone. */
const ALONGSIDE_DEADLINE_MS = 30_000;

/** A snapshot that is put in a transaction, and what to do when that is done. */
interface PutAlongside {
  readonly put: Put;
  readonly afterwards: () => void;
}

/** Takes the snapshots that the policy wants: in the background, or for the transaction of a push. Never fails. */
export class SnapshotWriter {
  readonly isTransactional: boolean;
  readonly #options: ResolvedOptions;
  readonly #eventStore: EventStore;
  readonly #loader: AggregateLoader;
  readonly #snapshots: SnapshotRepository;
  readonly #reads: ReadsUnderWay;
  readonly #queue = new SnapshotQueue();

  constructor(
    options: ResolvedOptions,
    eventStore: EventStore,
    loader: AggregateLoader,
    snapshots: SnapshotRepository,
    reads: ReadsUnderWay,
  ) {
    this.isTransactional = options.transactional !== undefined;
    this.#options = options;
    this.#eventStore = eventStore;
    this.#loader = loader;
    this.#snapshots = snapshots;
    this.#reads = reads;
  }

  afterLoad(aggregateId: string, loaded: LoadedAggregate): void {
    const { events, lastEvent } = loaded;
    if (lastEvent === undefined || !this.#snapshots.hasStorage) return;
    const { version } = lastEvent;
    if (!this.#isDue(loadOccasion(aggregateId, version, events)) || this.#queue.has(aggregateId, version)) return;
    let encoded: EncodedSnapshot | undefined;
    try {
      encoded = this.#encodeNew(aggregateId, loaded);
    } catch (cause) {
      this.#snapshots.reportWrite(aggregateId, cause);
    }
    if (encoded === undefined) return;
    const snapshot = encoded;
    this.#enqueue(aggregateId, version, () => this.#snapshots.write(snapshot));
  }

  /**
   * Loads what was pushed, although the caller may have passed the aggregate before it. A snapshot is made of stored
   * events only, so that a mistake with an aggregate in memory cannot outlive the process.
   */
  afterPush({ aggregateId, version }: EventDetail): void {
    if (!this.#snapshots.hasStorage || !this.#isDue({ trigger: 'push', aggregateId, version })) return;
    if (this.#queue.has(aggregateId, version)) return;
    this.#enqueue(aggregateId, version, () => this.#take(aggregateId, version));
  }

  /**
   * Writes a snapshot of the present, if the policy would have taken one of the events after the newest snapshot: on a load,
   * or on the push of any of them.
   *
   * @returns whether it did.
   * @throws SnapshotFailedError
   */
  async build(aggregateId: string): Promise<boolean> {
    const isWanted = (events: readonly EventDetail[]): boolean => {
      const versions = events.map(({ version }) => version);
      const last = versions.at(-1);
      return last !== undefined && this.#wouldTake(loadOccasion(aggregateId, last, events), versions);
    };
    try {
      return await this.#writeLoaded(aggregateId, () => this.#loader.loadIf(aggregateId, isWanted));
    } catch (cause) {
      throw this.#snapshots.writeFailure(aggregateId, cause);
    }
  }

  /**
   * Whether `build` would leave out an aggregate as too short, going by its number of events and, if the policy asks for that,
   * what reading them costs. False if only `build` itself can tell.
   */
  isTooShort({ aggregateId, version, readUnits }: WholeAggregate): boolean {
    // Of a longer one, `build` looks at the events after the newest snapshot.
    if (version > this.#loader.tailLength) return false;
    let isKnown = true;
    const onLoad: LoadOccasion = {
      trigger: 'load',
      aggregateId,
      version,
      events: version,
      get readUnits() {
        isKnown = false;
        const known = readUnits();
        isKnown = true;
        return known;
      },
    };
    const versions = Array.from({ length: version }, (_, index) => index + 1);
    try {
      return !this.#wouldTake(onLoad, versions) && isKnown;
    } catch {
      return false;
    }
  }

  /** Whether the policy takes a snapshot on a load, or on the push of any of the events that it reads. */
  #wouldTake(onLoad: LoadOccasion, versions: readonly number[]): boolean {
    const { aggregateId } = onLoad;
    const { policy } = this.#options;
    return (
      callSync('policy', () => policy(onLoad)) ||
      versions.some(version => callSync('policy', () => policy({ trigger: 'push', aggregateId, version })))
    );
  }

  /**
   * The snapshot to put with events of one aggregate that are about to be written, up to an event for which one is due;
   * undefined if it cannot be made.
   */
  async putAlongside(own: readonly EventDetail[]): Promise<PutAlongside | undefined> {
    const { aggregateId, version } = own.at(-1) as EventDetail;
    try {
      const made = await withDeadline({ operation: 'a snapshot', milliseconds: ALONGSIDE_DEADLINE_MS }, async () => {
        const encoded = this.#snapshots.encode(aggregateId, await this.#loadWith(own));
        return encoded && this.#snapshots.toPut(encoded);
      });
      if (made === undefined) return undefined;
      return { put: made.put, afterwards: () => this.#enqueue(aggregateId, version, made.applyRetention) };
    } catch (cause) {
      this.#snapshots.reportWrite(aggregateId, cause);
      return undefined;
    }
  }

  /** Whether a group's event is the last one of its aggregate for which a snapshot is due. */
  isLastDue(own: readonly EventDetail[], event: EventDetail): boolean {
    const { aggregateId } = event;
    return own.findLast(({ version }) => this.#isDue({ trigger: 'push', aggregateId, version })) === event;
  }

  /** Resolves when everything in the background is done that was begun until now, for one aggregate or for all. */
  async settled(aggregateId?: string): Promise<void> {
    await Promise.all([this.#queue.settled(aggregateId), this.#snapshots.settled(aggregateId)]);
  }

  #isDue(occasion: SnapshotOccasion): boolean {
    try {
      return callSync('policy', () => this.#options.policy(occasion));
    } catch (cause) {
      this.#snapshots.reportWrite(occasion.aggregateId, cause);
      return false;
    }
  }

  #enqueue(aggregateId: string, version: number, work: () => Promise<unknown>): void {
    const run = async (): Promise<void> => {
      try {
        await work();
      } catch (cause) {
        this.#snapshots.reportWrite(aggregateId, cause);
      }
    };
    if (this.#queue.add(aggregateId, version, run)) return;
    this.#snapshots.reportWrite(aggregateId, new TooManySnapshotsError(this.#queue.limit));
  }

  async #take(aggregateId: string, maxVersion: number): Promise<void> {
    await this.#writeLoaded(aggregateId, () => this.#loader.load(aggregateId, { maxVersion }), maxVersion);
  }

  /** Whether there was something to write, and no event was overwritten meanwhile. */
  async #writeLoaded(
    aggregateId: string,
    load: () => Promise<LoadedAggregate | undefined>,
    maxVersion?: number,
  ): Promise<boolean> {
    const read = this.#reads.begin(aggregateId, maxVersion);
    try {
      const loaded = await withDeadline({ operation: 'The load for a snapshot', milliseconds: LOAD_DEADLINE_MS }, load);
      const encoded = loaded && this.#encodeNew(aggregateId, loaded);
      return encoded !== undefined && (await read.leave(() => this.#snapshots.write(encoded)));
    } finally {
      read.end();
    }
  }

  /** Undefined if what was loaded is the snapshot that it was loaded from. */
  #encodeNew(aggregateId: string, loaded: LoadedAggregate): EncodedSnapshot | undefined {
    return loaded.events.length === 0 ? undefined : this.#snapshots.encode(aggregateId, loaded);
  }

  /** The aggregate as it will be when some events are stored that come next. These go to the caller, whatever a reducer does. */
  async #loadWith(next: readonly EventDetail[]): Promise<LoadedAggregate> {
    const { aggregateId, version } = next[0] as EventDetail;
    const before = version === 1 ? NOTHING : await this.#loader.load(aggregateId, { maxVersion: version - 1 });
    return {
      aggregate: this.#eventStore.buildAggregate(next.map(copyEvent), before.aggregate),
      events: [...before.events, ...next],
      lastEvent: next.at(-1),
      snapshot: before.snapshot,
    };
  }
}

const loadOccasion = (aggregateId: string, version: number, events: readonly EventDetail[]): LoadOccasion => ({
  trigger: 'load',
  aggregateId,
  version,
  events: events.length,
  get readUnits() {
    return estimateReadUnits(events);
  },
});
