import type { EventStore } from '@castore/core';
import { type EventTable, eventTableOf, type StoredEvents, storedEventsOf } from '@castore-dynamodb/adapter';

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

  async #open(eventStoreId: string): Promise<ExploredStore> {
    const eventStore = await this.options.session.eventStore(eventStoreId);
    const adapter = eventStore.getEventStorageAdapter();
    const stored = storedEventsOf(adapter, eventStoreId);
    const table = eventTableOf(adapter);
    if (stored === undefined || table === undefined) {
      throw new UsageError(`The event store ${eventStoreId} has no adapter of @castore-dynamodb/adapter.`);
    }
    return { eventStore, stored, table, isConfigured: (await this.configured()).includes(eventStore) };
  }
}
