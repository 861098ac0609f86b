import type { Put } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import type { GroupToWrite } from '@castore-dynamodb/adapter';

import type { StateCache } from '../cache/stateCache.js';
import type { ReadsUnderWay } from '../load/readsUnderWay.js';
import type { SnapshotRepository } from '../repository/snapshotRepository.js';
import type { SnapshotWriter } from '../write/snapshotWriter.js';

type EventPlace = Pick<EventDetail, 'aggregateId' | 'version'>;

/** Keeps an event store's snapshots and its states in memory right when a push overwrites events, or writes several at once. */
export class PushedGroups {
  readonly #eventStoreId: string;
  readonly #snapshots: SnapshotRepository;
  readonly #writer: SnapshotWriter;
  readonly #cache: StateCache | undefined;
  readonly #reads: ReadsUnderWay;
  /** What is left to do for an event of a group when the group is written. */
  readonly #afterwards = new WeakMap<EventDetail, () => Promise<void> | void>();

  constructor(
    eventStoreId: string,
    snapshots: SnapshotRepository,
    writer: SnapshotWriter,
    cache: StateCache | undefined,
    reads: ReadsUnderWay,
  ) {
    this.#eventStoreId = eventStoreId;
    this.#snapshots = snapshots;
    this.#writer = writer;
    this.#cache = cache;
    this.#reads = reads;
  }

  /**
   * Right before the adapter writes a group with an event of this store: deletes the snapshots that an overwritten event
   * is in, or says which snapshot to put with it. If several are due in one group, the last one of an aggregate is enough.
   */
  async beforeWrite({ aggregateId, version }: EventPlace, { events, force }: GroupToWrite): Promise<Put[]> {
    const own = events
      .filter(each => each.eventStoreId === this.#eventStoreId && each.event.aggregateId === aggregateId)
      .map(({ event }) => event)
      .toSorted((left, right) => left.version - right.version);
    const event = own.find(each => each.version === version);
    if (event === undefined) return [];
    if (force) {
      // Here, since a group whose answer is lost does not come to `afterGroup`.
      this.#forget({ aggregateId, version: 0 });
      const isWritten = this.#reads.whileGroup(aggregateId);
      await this.#deleteBefore(event);
      this.#afterwards.set(event, async () => {
        await this.#deleteAfter(event);
        isWritten();
      });
      return [];
    }
    if (!this.#writer.isTransactional) return [];

    this.#afterwards.set(event, () => {});
    if (!this.#writer.isLastDue(own, event)) return [];
    const alongside = await this.#writer.putAlongside(own.filter(each => each.version <= version));
    if (alongside === undefined) return [];
    this.#afterwards.set(event, alongside.afterwards);
    return [alongside.put];
  }

  /**
   * When a group is stored: a state in memory that has an event of this version already may have had another one. Adapters
   * of others do not say whether they overwrote it.
   */
  async afterGroup(event: EventDetail): Promise<void> {
    this.#forget(event);
    await this.afterPush(event);
  }

  /** When an event is stored. Fails only if it overwrote another one, and snapshots of that could not be deleted. */
  async afterPush(event: EventDetail): Promise<void> {
    const afterwards = this.#afterwards.get(event);
    if (afterwards === undefined) this.#writer.afterPush(event);
    else await afterwards();
  }

  /**
   * Snapshots that contain an event which is about to change are deleted before it does, so that none outlives a crash in
   * between; and again afterwards, since somebody may have taken one meanwhile. If that fails, the push fails.
   */
  async whileOverwriting<RESPONSE>(event: EventPlace, push: () => Promise<RESPONSE>): Promise<RESPONSE> {
    await this.#deleteBefore(event);
    try {
      const response = await push();
      await this.#deleteAfter(event);
      return response;
    } finally {
      // Also if it failed: the answer may have been lost.
      this.#forget({ ...event, version: 0 });
    }
  }

  async #deleteBefore({ aggregateId, version }: EventPlace): Promise<void> {
    await this.#snapshots.delete(aggregateId, { minVersion: version }, 'The event was not pushed.');
  }

  async #deleteAfter({ aggregateId, version }: EventPlace): Promise<void> {
    const consequence = 'The event was pushed; call snapshots.deleteOf before the aggregate is loaded again.';
    await this.#reads.whileDeleting(aggregateId, async () => {
      await this.#writer.settled(aggregateId);
      await this.#snapshots.delete(aggregateId, { minVersion: version }, consequence);
    });
  }

  /** Drops the state in memory, if it has the version, and keeps loads under way that may have it from leaving one. */
  #forget({ aggregateId, version }: EventPlace): void {
    this.#cache?.forget(aggregateId, version);
    this.#reads.invalidate(aggregateId, version);
  }
}
