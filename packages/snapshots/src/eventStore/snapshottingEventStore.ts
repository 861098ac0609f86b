import { AggregateNotFoundError, type EventStorageAdapter, EventStore } from '@castore/core';
import { eventTableOf, InvalidEventGroupError, putAlongside } from '@castore-dynamodb/adapter';

import { CachedLoads } from '../cache/cachedLoads.js';
import { StateCache } from '../cache/stateCache.js';
import { AggregateLoader } from '../load/aggregateLoader.js';
import {
  checkGetAggregateOptions,
  type GetAggregateOptions,
  isOfThePast,
  type LoadedAggregate,
} from '../load/loadedAggregate.js';
import { ReadsUnderWay } from '../load/readsUnderWay.js';
import { TailEstimate } from '../load/readUnits.js';
import { DEFAULT_TAIL } from '../policies.js';
import type { ResolvedOptions } from '../repository/resolvedOptions.js';
import { SnapshotRepository } from '../repository/snapshotRepository.js';
import { SnapshotWriter } from '../write/snapshotWriter.js';
import { PushedGroups } from './pushedGroups.js';
import { Snapshots } from './snapshots.js';

/**
 * Stands before an event store as Castore's ConnectedEventStore does, and reads its aggregates from snapshots.
 *
 * Calls go one way: from here to the states in memory and the writer, from these to the loader, from all three to the
 * repository, and from the repository to the user's storage.
 */
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
  readonly #reducerVersion: string;
  readonly #tail: TailEstimate;
  readonly #reads = new ReadsUnderWay();
  readonly #loads: AggregateLoader | CachedLoads;
  readonly #writer: SnapshotWriter;
  readonly #groups: PushedGroups;

  constructor(eventStore: EventStore, options: ResolvedOptions) {
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
    this.#reducerVersion = options.reducerVersion;
    const repository = new SnapshotRepository(options);
    this.#tail = new TailEstimate(options.policy.tail ?? DEFAULT_TAIL);
    const loader = new AggregateLoader(eventStore, repository, this.#tail);
    const cache = options.maxCacheBytes === undefined ? undefined : new StateCache(options.maxCacheBytes);
    this.#loads = cache === undefined ? loader : new CachedLoads(eventStore, loader, repository, cache, this.#tail);
    this.#writer = new SnapshotWriter(options, eventStore, loader, repository, this.#reads);
    this.#groups = new PushedGroups(eventStore.eventStoreId, repository, this.#writer, cache, this.#reads);
    this.snapshots = new Snapshots(eventStore, repository, this.#writer, cache, this.#reads);
  }

  // Arrow functions, since a ConnectedEventStore takes them from here as they are.

  getAggregate = async (aggregateId: string, options: GetAggregateOptions = {}) => {
    checkGetAggregateOptions(options);
    const { snapshot, ...rest } = await this.#load(aggregateId, options);
    if (snapshot === undefined) return { ...rest, snapshot };
    const { version, takenAt } = snapshot;
    return { ...rest, snapshot: { version, reducerVersion: this.#reducerVersion, takenAt } };
  };

  #load = async (aggregateId: string, options: GetAggregateOptions): Promise<LoadedAggregate> => {
    const read = this.#reads.begin(aggregateId);
    try {
      const loaded = await this.#loads.load(aggregateId, options, read);
      if (isOfThePast(options)) return loaded;
      if (read.isSound) this.#writer.afterLoad(aggregateId, loaded);
      this.#tail.learn(loaded.events);
      return loaded;
    } finally {
      read.end();
    }
  };

  getExistingAggregate = async (aggregateId: string, options?: GetAggregateOptions) => {
    const { aggregate, lastEvent, ...rest } = await this.getAggregate(aggregateId, options);
    if (aggregate === undefined || lastEvent === undefined) {
      throw new AggregateNotFoundError({ aggregateId, eventStoreId: this.eventStoreId });
    }
    return { aggregate, lastEvent, ...rest };
  };

  pushEvent: EventStore['pushEvent'] = async (event, options = {}) => {
    if (options.force !== true && this.#writer.isTransactional) {
      const { eventGroup } = await EventStore.pushEventGroup({}, this.groupEvent(event, options));
      return eventGroup[0];
    }
    const push = () => this.#eventStore.pushEvent(event, options);
    const response = await (options.force === true ? this.#groups.whileOverwriting(event, push) : push());
    await this.#groups.afterPush(response.event);
    return response;
  };

  groupEvent: EventStore['groupEvent'] = (event, options) => {
    const groupedEvent = this.#eventStore.groupEvent(event, options);
    if (this.#writer.isTransactional && eventTableOf(groupedEvent.eventStorageAdapter) === undefined) {
      throw new InvalidEventGroupError(
        'foreign-adapter',
        `event store ${JSON.stringify(this.eventStoreId)} has no adapter of @castore-dynamodb/adapter, so its events and snapshots cannot be written in one transaction.`,
      );
    }
    putAlongside(groupedEvent, group => this.#groups.beforeWrite(event, group));
    return Object.assign(groupedEvent, { eventStore: this as EventStore });
  };

  /** What Castore calls when a group with an event of this store was pushed. */
  get onEventPushed(): NonNullable<EventStore['onEventPushed']> {
    return async response => {
      await this.#groups.afterGroup(response.event);
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
}
