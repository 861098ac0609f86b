import type { EventStore, EventsQueryOptions } from '@castore/core';
import { eventTableOf } from '@castore-dynamodb/adapter';

import { SnapshotIgnoredError, SnapshotTooLargeError } from '../errors.js';
import type { AggregateLoader } from '../load/aggregateLoader.js';
import { foldInto } from '../load/foldInto.js';
import { type GetAggregateOptions, isOfThePast, type LoadedAggregate } from '../load/loadedAggregate.js';
import type { Read } from '../load/readsUnderWay.js';
import type { TailEstimate } from '../load/readUnits.js';
import type { SnapshotRepository } from '../repository/snapshotRepository.js';
import { type CachedState, type StateCache, sizeOf } from './stateCache.js';

/**
 * If so many events came after a cached state, a snapshot is likely to be nearer to the present. Until there, reading them
 * costs less than another round trip.
 */
const MIN_REFRESH = 100;

/** Loads aggregates of the present from states in memory. The past, and what is not in memory, goes to the loader. */
export class CachedLoads {
  readonly #eventStore: EventStore;
  readonly #loader: AggregateLoader;
  readonly #snapshots: SnapshotRepository;
  readonly #cache: StateCache;
  readonly #tail: TailEstimate;

  constructor(
    eventStore: EventStore,
    loader: AggregateLoader,
    snapshots: SnapshotRepository,
    cache: StateCache,
    tail: TailEstimate,
  ) {
    this.#eventStore = eventStore;
    this.#loader = loader;
    this.#snapshots = snapshots;
    this.#cache = cache;
    this.#tail = tail;
  }

  /** @throws what the loader throws. */
  async load(aggregateId: string, options: GetAggregateOptions, read: Read): Promise<LoadedAggregate> {
    if (isOfThePast(options)) return this.#loader.load(aggregateId, options);
    const origin = this.#origin();
    const state = this.#cache.get(aggregateId, origin);
    const refreshed = state && (await this.#refresh(aggregateId, state));
    if (refreshed?.events.length === 0) return refreshed;
    const loaded = refreshed ?? (await this.#loader.load(aggregateId, options));
    if (read.isSound) this.#keep(aggregateId, origin, loaded);
    return loaded;
  }

  /** Two tables may have aggregates of one id, if the adapter's `tableName` is a function. */
  #origin(): string {
    const table = eventTableOf(this.#eventStore.getEventStorageAdapter());
    return JSON.stringify([table?.tableName, this.#snapshots.reducerVersion]);
  }

  /** The state with the events after it; undefined if it cannot be used. */
  async #refresh(aggregateId: string, cached: CachedState): Promise<LoadedAggregate | undefined> {
    const query: EventsQueryOptions = { minVersion: cached.version };
    const limit = this.#snapshots.hasStorage ? Math.max(MIN_REFRESH, this.#tail.events) + 1 : Number.POSITIVE_INFINITY;
    if (limit < Number.POSITIVE_INFINITY) query.limit = limit;
    // Its own event too: it shows that the state is one of this very history.
    const { events } = await this.#eventStore.getEvents(aggregateId, query);
    if (events.length >= limit) return undefined;

    const base = { ...cached, eventStoreId: this.#eventStore.eventStoreId, aggregateId };
    const isReadable = base.subjects === undefined || (await this.#snapshots.isReadable(base));
    const state = isReadable ? this.#snapshots.revive(base, cached.text) : undefined;
    if (state !== undefined) {
      try {
        return foldInto(this.#eventStore, base, state, events);
      } catch (error) {
        if (!(error instanceof SnapshotIgnoredError)) throw error;
        this.#snapshots.report(error);
      }
    }
    this.#cache.drop(aggregateId);
    return undefined;
  }

  #keep(aggregateId: string, origin: string, loaded: LoadedAggregate): void {
    try {
      const encoded = this.#snapshots.encode(aggregateId, loaded);
      if (encoded === undefined) return;
      const { version, lastEvent, takenAt, subjects, text } = encoded;
      const state = { origin, version, lastEvent, takenAt, subjects, text };
      const size = sizeOf(aggregateId, state);
      if (size > this.#cache.maxBytes) throw new SnapshotTooLargeError(size, this.#cache.maxBytes, 'cache');
      this.#cache.keep(aggregateId, state);
    } catch (cause) {
      this.#snapshots.reportWrite(aggregateId, cause);
    }
  }
}
