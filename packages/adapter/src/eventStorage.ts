import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStorageAdapter } from '@castore/core';
import type { EventTableLayout } from '@castore-dynamodb/table';

import type { Layout } from './layout.js';
import type { EventTransformer } from './transformations/transformer.js';

/**
 * What every operation needs of its adapter: where the events lie, how, and who asks for them.
 *
 * This is the contract between two copies of this package in one process, which may be of two versions: an adapter of
 * one writes the events of the other's in a group. So members are added, and never changed or removed. If an older copy
 * must not overlook a change, the adapter gets another symbol than `EVENT_STORAGE`: the older copy then takes it for a
 * foreign adapter.
 */
export interface EventStorage {
  readonly layout: Layout;
  readonly dynamoDbClient: DynamoDBClient;
  /** Whether a version is refused whose predecessor is missing. */
  readonly gapless: boolean;
  /** Does what the adapter's transformations say; undefined without any. */
  readonly transformer?: EventTransformer | undefined;
  /** The table's name; asked anew for every call, since it may be given as a function. */
  tableName(): string;
}

/** Where an adapter of this package keeps its `EventStorage`: a registered symbol, the same one in every copy. */
export const EVENT_STORAGE = Symbol.for('@castore-dynamodb/adapter/eventStorage');

export const findEventStorage = (adapter: unknown): EventStorage | undefined =>
  (adapter as { [EVENT_STORAGE]?: EventStorage } | null | undefined)?.[EVENT_STORAGE];

/** Where an adapter keeps its events. */
export interface EventTable {
  /** The table's name or ARN: what the adapter was made with or, if that is a function, what it returned now. */
  readonly tableName: string;
  readonly layout: EventTableLayout;
  /** The adapter's own client. */
  readonly dynamoDbClient: DynamoDBClient;
}

/**
 * Where an adapter keeps its events; undefined if the adapter is not of this package.
 *
 * @example
 * const table = eventTableOf(pokemons.getEventStorageAdapter());
 * console.log(table?.tableName, table?.layout);
 */
export const eventTableOf = (adapter: EventStorageAdapter | undefined): EventTable | undefined => {
  const storage = findEventStorage(adapter);
  return (
    storage && {
      tableName: storage.tableName(),
      layout: storage.layout.name,
      dynamoDbClient: storage.dynamoDbClient,
    }
  );
};

/**
 * Another text whenever an event store's stored events are read in another shape, because somebody added an upcaster;
 * empty as long as they are read as they are. For whoever keeps something that was made of events.
 *
 * @example
 * const fingerprint = schemaFingerprintOf(pokemons.getEventStorageAdapter(), 'POKEMONS');
 * const areReadAsStored = fingerprint === '';
 */
export const schemaFingerprintOf = (adapter: EventStorageAdapter | undefined, eventStoreId: string): string =>
  findEventStorage(adapter)?.transformer?.fingerprint(eventStoreId) ?? '';
