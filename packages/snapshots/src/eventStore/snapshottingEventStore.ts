import {
  type Aggregate,
  AggregateNotFoundError,
  type EventDetail,
  type EventStorageAdapter,
  type EventStore,
} from '@castore/core';

import type { SnapshotKeeper } from '../keeper/snapshotKeeper.js';
import { type AggregateSource, type LoadedAggregate, loadAggregate } from '../load/loadAggregate.js';
import { parseInstant } from '../load/rewind.js';
import { estimateReadUnits, TailEstimate } from '../load/tailEstimate.js';
import { Snapshots } from '../maintenance/snapshots.js';
import type { SnapshotOccasion } from '../policies/policy.js';
import type { GetAggregateOptions } from './types.js';

type Loaded = LoadedAggregate<Aggregate, EventDetail>;

/** Stands before an event store as Castore's ConnectedEventStore does, and reads its aggregates from snapshots. */
export class SnapshottingEventStore implements Omit<EventStore, 'eventStorageAdapter'> {
  readonly eventStoreId: EventStore['eventStoreId'];
  readonly eventTypes: EventStore['eventTypes'];
  readonly reducer: EventStore['reducer'];
  readonly simulateSideEffect: EventStore['simulateSideEffect'];
  readonly getEvents: EventStore['getEvents'];
  readonly listAggregateIds: EventStore['listAggregateIds'];
  readonly buildAggregate: EventStore['buildAggregate'];
  readonly simulateAggregate: EventStore['simulateAggregate'];
  readonly getEventStorageAdapter: EventStore['getEventStorageAdapter'];
  readonly snapshots: Snapshots;

  readonly #eventStore: EventStore;
  readonly #keeper: SnapshotKeeper;
  readonly #tail: TailEstimate;

  constructor(eventStore: EventStore, keeper: SnapshotKeeper) {
    this.eventStoreId = eventStore.eventStoreId;
    this.eventTypes = eventStore.eventTypes;
    this.reducer = eventStore.reducer;
    this.simulateSideEffect = eventStore.simulateSideEffect;
    this.getEvents = eventStore.getEvents;
    this.listAggregateIds = eventStore.listAggregateIds;
    this.buildAggregate = eventStore.buildAggregate;
    this.simulateAggregate = eventStore.simulateAggregate;
    this.getEventStorageAdapter = eventStore.getEventStorageAdapter;
    this.#eventStore = eventStore;
    this.#keeper = keeper;
    this.#tail = new TailEstimate(keeper.tail);
    this.snapshots = new Snapshots(keeper, eventStore.listAggregateIds, aggregateId => this.#load(aggregateId));
  }

  // Arrow functions, since a ConnectedEventStore takes them from here as they are.

  getAggregate = async (aggregateId: string, options: GetAggregateOptions = {}) => {
    const loaded = await this.#load(aggregateId, options);
    if (options.maxVersion === undefined && options.at === undefined) this.#afterLoad(aggregateId, loaded);

    const { snapshot, ...rest } = loaded;
    return {
      ...rest,
      snapshot: snapshot && {
        version: snapshot.version,
        reducerVersion: snapshot.reducerVersion,
        takenAt: snapshot.takenAt,
      },
    };
  };

  getExistingAggregate = async (aggregateId: string, options?: GetAggregateOptions) => {
    const { aggregate, lastEvent, ...rest } = await this.getAggregate(aggregateId, options);
    if (aggregate === undefined || lastEvent === undefined) {
      throw new AggregateNotFoundError({ aggregateId, eventStoreId: this.eventStoreId });
    }
    return { aggregate, lastEvent, ...rest };
  };

  pushEvent: EventStore['pushEvent'] = async (event, options) => {
    const rewrite = () => this.#eventStore.pushEvent(event, options);
    const response = await (options?.force === true ? this.#whileRewriting(event, rewrite) : rewrite());
    this.#afterPush(response.event);
    return response;
  };

  groupEvent: EventStore['groupEvent'] = (event, options) =>
    Object.assign(this.#eventStore.groupEvent(event, options), { eventStore: this as EventStore });

  /** What Castore calls when a group with an event of this store was pushed. */
  get onEventPushed(): NonNullable<EventStore['onEventPushed']> {
    return async response => {
      this.#afterPush(response.event);
      await this.#eventStore.onEventPushed?.(response);
    };
  }

  set onEventPushed(onEventPushed: EventStore['onEventPushed']) {
    Object.assign(this.#eventStore, { onEventPushed });
  }

  get eventStorageAdapter(): EventStorageAdapter | undefined {
    return this.#eventStore.eventStorageAdapter;
  }

  set eventStorageAdapter(eventStorageAdapter: EventStorageAdapter | undefined) {
    Object.assign(this.#eventStore, { eventStorageAdapter });
  }

  #load(aggregateId: string, { maxVersion, at }: GetAggregateOptions = {}): Promise<Loaded> {
    const source: AggregateSource<Aggregate, EventDetail> = {
      readEvents: async options => (await this.getEvents(aggregateId, options)).events,
      findSnapshot: version => this.#keeper.find(aggregateId, version),
      restore: snapshot => this.#keeper.restore(snapshot),
      buildAggregate: this.buildAggregate,
      onIgnored: (error, lastVersion) => this.#keeper.ignore(error, lastVersion),
    };
    const instant = at === undefined ? undefined : parseInstant(at);
    return loadAggregate(source, { maxVersion, instant, tailLength: this.#tail.events });
  }

  #afterLoad(aggregateId: string, loaded: Loaded): void {
    const { events, lastEvent } = loaded;
    if (lastEvent === undefined) return;
    const { version } = lastEvent;
    const occasion: SnapshotOccasion = {
      trigger: 'load',
      aggregateId,
      version,
      events: events.length,
      get readUnits() {
        return estimateReadUnits(events);
      },
    };
    if (this.#keeper.isDue(occasion)) this.#keeper.takeInBackground(aggregateId, version, loaded);
    this.#tail.learn(events);
  }

  /**
   * Snapshots that have an event in them which is about to change go before it does, so that none outlives a crash in
   * between; and again after it did, since somebody may have taken one meanwhile. A failure to delete them is the push's.
   */
  async #whileRewriting<RESPONSE>(
    { aggregateId, version }: { aggregateId: string; version: number },
    rewrite: () => Promise<RESPONSE>,
  ): Promise<RESPONSE> {
    await this.#keeper.delete(aggregateId, { minVersion: version }, 'The event was not pushed.');
    const response = await rewrite();
    await this.#keeper.background.settled();
    await this.#keeper.delete(
      aggregateId,
      { minVersion: version },
      'The event was pushed; call snapshots.deleteOf before the aggregate is loaded again.',
    );
    return response;
  }

  /**
   * What was pushed last is loaded for the snapshot, though the caller may have handed in the aggregate before it: a
   * snapshot is made of stored events only, so that nobody's mistake with an aggregate can outlive the process.
   */
  #afterPush({ aggregateId, version }: EventDetail): void {
    if (!this.#keeper.isDue({ trigger: 'push', aggregateId, version })) return;
    this.#keeper.loadAndTakeInBackground(aggregateId, version, () => this.#load(aggregateId, { maxVersion: version }));
  }
}
