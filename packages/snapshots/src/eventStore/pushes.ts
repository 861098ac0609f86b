import type { Put } from '@aws-sdk/client-dynamodb';
import type { Aggregate, EventDetail, EventStore } from '@castore/core';
import type { GroupToWrite } from '@castore-dynamodb/adapter';

import type { SnapshotKeeper } from '../keeper/snapshotKeeper.js';
import type { SnapshotTaker } from '../keeper/snapshotTaker.js';
import type { LoadedAggregate } from '../load/loadAggregate.js';

type Loaded = LoadedAggregate<Aggregate, EventDetail>;

type EventPlace = Pick<EventDetail, 'aggregateId' | 'version'>;

const NOTHING: Loaded = { aggregate: undefined, events: [], lastEvent: undefined, snapshot: undefined };

/** What pushes of an event store mean for its snapshots. */
export class Pushes {
  readonly #eventStore: EventStore;
  readonly #keeper: SnapshotKeeper;
  readonly #taker: SnapshotTaker;
  readonly #load: (aggregateId: string, options: { maxVersion: number }) => Promise<Loaded>;
  /** What is left to do for an event of a group, when the group is written. */
  readonly #whenPushed = new WeakMap<EventDetail, () => Promise<void> | void>();

  constructor(
    eventStore: EventStore,
    keeper: SnapshotKeeper,
    taker: SnapshotTaker,
    load: (aggregateId: string, options: { maxVersion: number }) => Promise<Loaded>,
  ) {
    this.#eventStore = eventStore;
    this.#keeper = keeper;
    this.#taker = taker;
    this.#load = load;
  }

  /**
   * Right before the adapter writes a group with an event of this store: makes way for an event that is overwritten, or
   * says which snapshot to put with it. Of several due in one group, the last one of an aggregate is enough.
   */
  async beforeGroup({ aggregateId, version }: EventPlace, { events, force }: GroupToWrite): Promise<Put[]> {
    const own = events
      .filter(
        ({ eventStoreId, event }) =>
          eventStoreId === this.#eventStore.eventStoreId && event.aggregateId === aggregateId,
      )
      .map(({ event }) => event)
      .toSorted((left, right) => left.version - right.version);
    const event = own.find(each => each.version === version);
    if (event === undefined) return [];
    if (force) {
      await this.#deleteBeforeRewriting(event);
      this.#whenPushed.set(event, () => this.#deleteAfterRewriting(event));
      return [];
    }
    if (!this.#taker.isTransactional) return [];

    this.#whenPushed.set(event, () => undefined);
    const due = own.findLast(each => this.#taker.isDue({ trigger: 'push', aggregateId, version: each.version }));
    if (due !== event) return [];
    const snapshot = await this.#taker.putAlongside(aggregateId, () =>
      this.#loadWith(own.filter(each => each.version <= version)),
    );
    if (snapshot === undefined) return [];
    this.#whenPushed.set(event, snapshot.whenStored);
    return [snapshot.put];
  }

  /** The aggregate as it will be when some events are stored that come next. */
  async #loadWith(next: EventDetail[]): Promise<Loaded> {
    const { aggregateId, version } = next[0] as EventDetail;
    const before = version === 1 ? NOTHING : await this.#load(aggregateId, { maxVersion: version - 1 });
    return {
      aggregate: this.#eventStore.buildAggregate(next, before.aggregate),
      events: [...before.events, ...next],
      lastEvent: next.at(-1),
      snapshot: before.snapshot,
    };
  }

  /**
   * Snapshots that have an event in them which is about to change go before it does, so that none outlives a crash in
   * between; and again after it did, since somebody may have taken one meanwhile. A failure to delete them is the push's.
   */
  async whileRewriting<RESPONSE>(event: EventPlace, rewrite: () => Promise<RESPONSE>): Promise<RESPONSE> {
    await this.#deleteBeforeRewriting(event);
    const response = await rewrite();
    await this.#deleteAfterRewriting(event);
    return response;
  }

  async #deleteBeforeRewriting({ aggregateId, version }: EventPlace): Promise<void> {
    await this.#keeper.delete(aggregateId, { minVersion: version }, 'The event was not pushed.');
  }

  async #deleteAfterRewriting({ aggregateId, version }: EventPlace): Promise<void> {
    await this.#keeper.background.settled();
    await this.#keeper.delete(
      aggregateId,
      { minVersion: version },
      'The event was pushed; call snapshots.deleteOf before the aggregate is loaded again.',
    );
  }

  /**
   * What was pushed last is loaded for the snapshot, though the caller may have handed in the aggregate before it: a
   * snapshot is made of stored events only, so that nobody's mistake with an aggregate can outlive the process.
   */
  async afterPush(event: EventDetail): Promise<void> {
    const whenPushed = this.#whenPushed.get(event);
    if (whenPushed !== undefined) return whenPushed();

    const { aggregateId, version } = event;
    if (!this.#taker.isDue({ trigger: 'push', aggregateId, version })) return;
    this.#taker.loadAndTakeInBackground(aggregateId, version, () => this.#load(aggregateId, { maxVersion: version }));
  }
}
