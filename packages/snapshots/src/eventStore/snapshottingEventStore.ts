import {
  type Aggregate,
  AggregateNotFoundError,
  type EventDetail,
  type EventStorageAdapter,
  EventStore,
} from '@castore/core';
import { eventTableOf, InvalidEventGroupError, putAlongside } from '@castore-dynamodb/adapter';

import type { SnapshotKeeper } from '../keeper/snapshotKeeper.js';
import type { SnapshotTaker } from '../keeper/snapshotTaker.js';
import { type AggregateSource, type LoadedAggregate, loadAggregate } from '../load/loadAggregate.js';
import { parseInstant } from '../load/rewind.js';
import { estimateReadUnits, TailEstimate } from '../load/tailEstimate.js';
import { Snapshots } from '../maintenance/snapshots.js';
import type { SnapshotOccasion } from '../policies/policy.js';
import { Pushes } from './pushes.js';
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
  readonly #taker: SnapshotTaker;
  readonly #tail: TailEstimate;
  readonly #pushes: Pushes;

  constructor(eventStore: EventStore, keeper: SnapshotKeeper, taker: SnapshotTaker) {
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
    this.#taker = taker;
    this.#tail = new TailEstimate(taker.tail);
    this.#pushes = new Pushes(eventStore, keeper, taker, (...args) => this.#load(...args));
    this.snapshots = new Snapshots(keeper, taker, eventStore.listAggregateIds, aggregateId => this.#load(aggregateId));
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

  pushEvent: EventStore['pushEvent'] = async (event, options = {}) => {
    if (options.force !== true && this.#taker.isTransactional) {
      const { eventGroup } = await EventStore.pushEventGroup({}, this.groupEvent(event, options));
      return eventGroup[0];
    }
    const push = () => this.#eventStore.pushEvent(event, options);
    const response = await (options.force === true ? this.#pushes.whileRewriting(event, push) : push());
    await this.#pushes.afterPush(response.event);
    return response;
  };

  groupEvent: EventStore['groupEvent'] = (event, options) => {
    const groupedEvent = this.#eventStore.groupEvent(event, options);
    if (this.#taker.isTransactional && eventTableOf(groupedEvent.eventStorageAdapter) === undefined) {
      throw new InvalidEventGroupError(
        'foreign-adapter',
        `event store ${JSON.stringify(this.eventStoreId)} is not connected to an adapter of @castore-dynamodb/adapter, so its events and snapshots cannot be written in one transaction.`,
      );
    }
    putAlongside(groupedEvent, group => this.#pushes.beforeGroup(event, group));
    return Object.assign(groupedEvent, { eventStore: this as EventStore });
  };

  /** What Castore calls when a group with an event of this store was pushed. */
  get onEventPushed(): NonNullable<EventStore['onEventPushed']> {
    return async response => {
      await this.#pushes.afterPush(response.event);
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
    if (this.#taker.isDue(occasion)) this.#taker.takeInBackground(aggregateId, version, loaded);
    this.#tail.learn(events);
  }
}
