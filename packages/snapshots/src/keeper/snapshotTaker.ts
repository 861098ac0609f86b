import type { Put } from '@aws-sdk/client-dynamodb';
import type { Aggregate, EventDetail } from '@castore/core';

import { IncompleteHistoryError, SnapshotFailedError } from '../errors/index.js';
import { findGap } from '../load/history.js';
import type { LoadedAggregate } from '../load/loadAggregate.js';
import type { SnapshotOccasion, TailLength } from '../policies/policy.js';
import type { Snapshot } from '../snapshot.js';
import type { TransactionalSnapshotStorage } from '../snapshotStorage.js';
import { fingerprint } from '../state/fingerprint.js';
import { flatten } from '../state/flatten.js';
import { packState } from '../state/packState.js';
import type { ResolvedOptions } from './resolvedOptions.js';
import type { SnapshotKeeper } from './snapshotKeeper.js';

const DEFAULT_TAIL: TailLength = { events: 100 };

type Loaded = LoadedAggregate<Aggregate, EventDetail>;

type EncodedSnapshot = Omit<Snapshot, 'state'> & { readonly text: string };

export interface PutOfSnapshot {
  readonly put: Put;
  /** To be called when the transaction is done. */
  readonly whenStored: () => void;
}

/** Takes the snapshots of one event store, where the policy wants them. */
export class SnapshotTaker {
  readonly #keeper: SnapshotKeeper;
  readonly #options: ResolvedOptions;
  /** Of each aggregate of which snapshots are being taken: the last one's version, and when it is done. */
  readonly #queues = new Map<string, { version: number; done: Promise<void> }>();

  constructor(keeper: SnapshotKeeper, options: ResolvedOptions) {
    this.#keeper = keeper;
    this.#options = options;
  }

  get isTransactional(): boolean {
    return this.#options.transactional !== undefined;
  }

  /** How much of an aggregate's end the policy wants read at once with its snapshot. */
  get tail(): TailLength {
    return this.#options.policy.tail ?? DEFAULT_TAIL;
  }

  isDue(occasion: SnapshotOccasion): boolean {
    try {
      return this.#options.policy(occasion);
    } catch (cause) {
      this.#keeper.report(this.#writeFailure(occasion.aggregateId, cause));
      return false;
    }
  }

  /** Keeps a snapshot of what was loaded, in the background. */
  takeInBackground(aggregateId: string, version: number, loaded: Loaded): void {
    if (this.#isBeingTaken(aggregateId, version)) return;
    try {
      // At once, since whoever gets the aggregate next may change it.
      const encoded = this.#encode(aggregateId, loaded);
      this.#enqueue(aggregateId, version, () => this.#put(encoded));
    } catch (cause) {
      this.#keeper.report(this.#writeFailure(aggregateId, cause));
    }
  }

  /** Loads an aggregate and keeps a snapshot of it, in the background. */
  loadAndTakeInBackground(aggregateId: string, version: number, load: () => Promise<Loaded>): void {
    if (this.#isBeingTaken(aggregateId, version)) return;
    this.#enqueue(aggregateId, version, async () => this.#put(this.#encode(aggregateId, await load())));
  }

  /** Loads an aggregate and keeps a snapshot of it. @throws SnapshotFailedError */
  async take(aggregateId: string, load: () => Promise<Loaded>): Promise<boolean> {
    try {
      return await this.#put(this.#encode(aggregateId, await load()));
    } catch (cause) {
      throw this.#writeFailure(aggregateId, cause);
    }
  }

  /** What to put for a snapshot of what `load` resolves with, beside its last event; nothing where that fails. */
  async putAlongside(aggregateId: string, load: () => Promise<Loaded>): Promise<PutOfSnapshot | undefined> {
    const storage = this.#options.transactional;
    try {
      const encoded = this.#encode(aggregateId, await load());
      if (storage === undefined || encoded === undefined) return undefined;
      const snapshot = await pack(encoded);
      return { put: await storage.toPut(snapshot), whenStored: () => this.#applyRetention(storage, snapshot) };
    } catch (cause) {
      this.#keeper.report(this.#writeFailure(aggregateId, cause));
      return undefined;
    }
  }

  #applyRetention(storage: TransactionalSnapshotStorage, snapshot: Snapshot): void {
    this.#enqueue(snapshot.aggregateId, snapshot.version, async () => {
      try {
        await storage.applyRetention(snapshot);
      } catch (cause) {
        this.#keeper.report(new SnapshotFailedError('delete', snapshot, 'More are kept than shall be.', cause));
      }
    });
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
        this.#keeper.report(this.#writeFailure(aggregateId, cause));
      }
      if (this.#queues.get(aggregateId) === entry) this.#queues.delete(aggregateId);
    };
    const entry = { version, done: Promise.resolve() };
    this.#queues.set(aggregateId, entry);
    this.#keeper.background.run(() => (entry.done = run()));
  }

  #writeFailure(aggregateId: string, cause: unknown): SnapshotFailedError {
    return new SnapshotFailedError(
      'write',
      this.#keeper.seriesOf(aggregateId),
      'Loads are right without it, and cost more.',
      cause,
    );
  }

  /** The snapshot of what was loaded; undefined where that is the snapshot that it was loaded from, or nothing. */
  #encode(aggregateId: string, { aggregate, events, lastEvent, snapshot }: Loaded): EncodedSnapshot | undefined {
    if (aggregate === undefined || lastEvent === undefined || events.length === 0) return undefined;
    const gap = findGap(events, (snapshot?.version ?? 0) + 1);
    if (gap !== undefined) throw new IncompleteHistoryError(gap);
    return {
      ...this.#keeper.seriesOf(aggregateId),
      version: lastEvent.version,
      takenAt: new Date().toISOString(),
      lastEvent: fingerprint(lastEvent),
      text: flatten(this.#options.serialize(aggregate)),
    };
  }

  async #put(encoded: EncodedSnapshot | undefined): Promise<boolean> {
    if (encoded === undefined) return false;
    await this.#options.storage.putSnapshot(await pack(encoded));
    return true;
  }
}

const pack = async ({ text, ...header }: EncodedSnapshot): Promise<Snapshot> => ({
  ...header,
  state: await packState(text),
});
