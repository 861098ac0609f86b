import type { EventDetail, EventStore } from '@castore/core';
import { decodeEventItem, EVENT_TABLE_PK, type EventTable } from '@castore-dynamodb/adapter';
import { hasCode } from '@castore-dynamodb/commons';
import type { FollowedRecord } from '@castore-dynamodb/streams';

/** A table whose stream is read. */
export interface TailedTable extends EventTable {
  /** Those of the configuration: their events are read by their adapters, with their transformations. */
  readonly eventStores: readonly EventStore[];
  /** Makes an event store that is none of them, whose events are read as they are stored. */
  readonly newEventStore: (eventStoreId: string) => EventStore;
}

/** An event that was stored a moment ago. */
export interface LiveEvent {
  readonly eventStoreId: string;
  readonly event: EventDetail;
}

/** Which events are wanted; without a member, whatever it is. */
export interface EventFilter {
  readonly eventStoreId?: string | undefined;
  readonly aggregateId?: string | undefined;
  readonly types?: readonly string[] | undefined;
}

/** Reads the events in stream records of a table: those that were added, not those that were overwritten or removed. */
export class RecordedEvents {
  readonly #table: TailedTable;
  readonly #filter: EventFilter;
  readonly #eventStores: Map<string, EventStore>;
  readonly #onUnreadable: (error: unknown) => void;

  constructor(table: TailedTable, filter: EventFilter, onUnreadable: (error: unknown) => void) {
    this.#table = table;
    this.#filter = filter;
    this.#eventStores = new Map(table.eventStores.map(each => [each.eventStoreId, each]));
    this.#onUnreadable = onUnreadable;
  }

  /** The events of a page; those of an aggregate in the order of their versions, which a transaction does not keep. */
  async read(records: readonly FollowedRecord[]): Promise<LiveEvent[]> {
    const found: LiveEvent[] = [];
    for (const record of records) {
      const event = record.eventName === 'INSERT' ? await this.#parse(record) : undefined;
      if (event !== undefined && this.#isWanted(event)) found.push(event);
    }
    return inVersionOrder(found);
  }

  async #parse({ dynamodb }: FollowedRecord): Promise<LiveEvent | undefined> {
    const item = dynamodb?.NewImage;
    const eventStore = this.#eventStoreOf(item?.[EVENT_TABLE_PK]?.S);
    if (item === undefined || eventStore === undefined) return undefined;
    const { eventStoreId } = eventStore;
    if ((this.#filter.eventStoreId ?? eventStoreId) !== eventStoreId) return undefined;
    try {
      const event = await decodeEventItem(this.#table.layout, eventStoreId, item, eventStore.eventStorageAdapter);
      return event && { eventStoreId, event };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return this.#readAgain(eventStore, error);
    }
  }

  /** A few values are lost in records, which the table still has. */
  async #readAgain(
    eventStore: EventStore,
    { aggregateId, version }: { readonly aggregateId: string; readonly version: number },
  ): Promise<LiveEvent | undefined> {
    try {
      const [event] = (await eventStore.getEvents(aggregateId, { minVersion: version, maxVersion: version })).events;
      return event && { eventStoreId: eventStore.eventStoreId, event };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.#onUnreadable(error);
      return undefined;
    }
  }

  #isWanted({ event }: LiveEvent): boolean {
    const { aggregateId = event.aggregateId, types } = this.#filter;
    return aggregateId === event.aggregateId && (types === undefined || types.includes(event.type));
  }

  /** In a single table, the event store's id ends at the first # of the partition key; what begins with it is no event. */
  #eventStoreOf(partitionKey: string | undefined): EventStore | undefined {
    if (partitionKey === undefined) return undefined;
    if (this.#table.layout === 'table-per-store') return this.#table.eventStores[0];
    const separator = partitionKey.indexOf('#');
    if (separator < 1) return undefined;
    const eventStoreId = partitionKey.slice(0, separator);
    const known = this.#eventStores.get(eventStoreId);
    if (known !== undefined) return known;
    const eventStore = this.#table.newEventStore(eventStoreId);
    this.#eventStores.set(eventStoreId, eventStore);
    return eventStore;
  }
}

const isUnreadable = (error: unknown): error is { readonly aggregateId: string; readonly version: number } =>
  hasCode(error, 'UnreadableEventError') || hasCode(error, 'InvalidEventError');

/** The events of one aggregate change places among themselves; all others stay where they are. */
const inVersionOrder = (events: readonly LiveEvent[]): LiveEvent[] => {
  const byAggregate = new Map<string, LiveEvent[]>();
  const keyOf = ({ eventStoreId, event }: LiveEvent): string => `${eventStoreId}\0${event.aggregateId}`;
  for (const each of events) {
    const key = keyOf(each);
    const sorted = byAggregate.get(key) ?? [];
    byAggregate.set(key, sorted);
    sorted.push(each);
  }
  for (const sorted of byAggregate.values()) sorted.sort((one, other) => one.event.version - other.event.version);
  return events.map(each => byAggregate.get(keyOf(each))?.shift() as LiveEvent);
};
