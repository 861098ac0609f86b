import type { EventStore } from '@castore/core';
import { type EventTable, eventTableOf, type StoredEvents, storedEventsOf } from '@castore-dynamodb/adapter';

import { type FoundEventStores, findEventStores } from '../connection/findEventStores.js';
import { type ListingEventStore, listingOfTable } from '../connection/listingEventStore.js';
import type { Session } from '../connection/session.js';
import { UsageError } from '../errors.js';
import type { MetadataKeys } from './api.js';
import { SeenEvents } from './seenEvents.js';
import { LiveEvents } from './views/live.js';

export interface ExplorerOptions {
  readonly session: Session;
  /** `--table`: then the event stores of the configuration are not used. */
  readonly table: string | undefined;
  readonly isRedacted: boolean;
  readonly maxReadUnits: number;
  readonly metadataKeys: MetadataKeys;
}

/** An event store as the explorer reads it. */
export interface ExploredStore {
  readonly eventStore: EventStore;
  readonly stored: StoredEvents;
  readonly table: EventTable;
  /** Whether it has the reducer of the configuration. */
  readonly isConfigured: boolean;
}

/** What all views share. */
export class Explorer {
  readonly options: ExplorerOptions;
  readonly seen = new SeenEvents();
  readonly live: LiveEvents;
  readonly #stores = new Map<string, Promise<ExploredStore>>();
  #found: Promise<FoundEventStores> | undefined;

  constructor(options: ExplorerOptions) {
    this.options = options;
    this.live = new LiveEvents(options);
  }

  /** The event stores of the configuration that are used. */
  async configured(): Promise<readonly EventStore[]> {
    const { session, table } = this.options;
    return table === undefined ? ((await session.config()).eventStores ?? []) : [];
  }

  /** By its id. What a table alone says about its layout is asked once. @throws UsageError */
  async store(eventStoreId: string): Promise<ExploredStore> {
    const known = this.#stores.get(eventStoreId) ?? this.#open(eventStoreId);
    this.#stores.set(eventStoreId, known);
    try {
      return await known;
    } catch (error) {
      this.#stores.delete(eventStoreId);
      throw error;
    }
  }

  /** What a table alone has, as it is now. */
  async search(): Promise<FoundEventStores> {
    const { session } = this.options;
    const found = Promise.all([session.client(), session.tableName()]).then(([client, tableName]) =>
      findEventStores(client, tableName),
    );
    this.#found = found;
    try {
      return await found;
    } catch (error) {
      if (this.#found === found) this.#found = undefined;
      throw error;
    }
  }

  /** The event store that lists its aggregates. One that is not configured may have shards, which are looked for once. */
  async listing(eventStoreId: string): Promise<ListingEventStore> {
    const { eventStore, table, isConfigured } = await this.store(eventStoreId);
    if (isConfigured) return { eventStore };
    return listingOfTable(table, eventStoreId, () => this.#found ?? this.search());
  }

  async #open(eventStoreId: string): Promise<ExploredStore> {
    const configured = await this.configured();
    const { session } = this.options;
    if (configured.length > 0 && !configured.some(each => each.eventStoreId === eventStoreId)) {
      // Another event store of the same table, if it is known which one that is.
      await session.tableName().catch(() => {
        const ids = configured.map(each => each.eventStoreId).join(', ');
        throw new UsageError(
          `The configuration has no event store ${JSON.stringify(eventStoreId)}. It has: ${ids}. --table shows others of a table.`,
        );
      });
    }
    const eventStore = await session.eventStore(eventStoreId);
    const adapter = eventStore.getEventStorageAdapter();
    const stored = storedEventsOf(adapter, eventStoreId);
    const table = eventTableOf(adapter);
    if (stored === undefined || table === undefined) {
      throw new UsageError(`The event store ${eventStoreId} has no adapter of @castore-dynamodb/adapter.`);
    }
    return { eventStore, stored, table, isConfigured: configured.includes(eventStore) };
  }
}
