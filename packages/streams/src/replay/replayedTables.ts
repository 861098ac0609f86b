import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStore } from '@castore/core';
import { eventTableOf, InvalidArgumentError } from '@castore-dynamodb/adapter';

import type { Projector } from '../projections/projector.js';

/** A table that is read, and for whom. */
export interface ReplayedTable {
  readonly tableName: string;
  readonly client: DynamoDBClient;
  readonly readers: TableReader[];
}

/** A projection, with those of its event stores that lie in the table and are replayed. */
export interface TableReader {
  readonly projector: Projector;
  readonly eventStores: EventStore[];
}

/**
 * The tables that the projections' event stores lie in (or only these of them), each once.
 *
 * @throws InvalidArgumentError for an event store that is not in DynamoDB.
 */
export const replayedTables = (
  projectors: readonly Projector[],
  only: readonly EventStore[] | undefined,
): ReplayedTable[] => {
  const tables: ReplayedTable[] = [];
  for (const projector of projectors) {
    for (const eventStore of projector.eventStores) {
      if (only?.some(({ eventStoreId }) => eventStoreId === eventStore.eventStoreId) === false) continue;
      const { tableName, client } = tableOf(eventStore);
      const isTable = (known: ReplayedTable): boolean => known.tableName === tableName && known.client === client;
      const { readers } = findOrAdd(tables, isTable, { tableName, client, readers: [] });
      const isReader = (known: TableReader): boolean => known.projector === projector;
      findOrAdd(readers, isReader, { projector, eventStores: [] }).eventStores.push(eventStore);
    }
  }
  return tables;
};

const findOrAdd = <ELEMENT>(elements: ELEMENT[], isIt: (element: ELEMENT) => boolean, added: ELEMENT): ELEMENT => {
  const found = elements.find(isIt);
  if (found === undefined) elements.push(added);
  return found ?? added;
};

const tableOf = ({ eventStoreId, eventStorageAdapter }: EventStore) => {
  const table = eventTableOf(eventStorageAdapter);
  if (table !== undefined) return { tableName: table.tableName, client: table.dynamoDbClient };
  throw new InvalidArgumentError(
    'projections',
    `event store ${JSON.stringify(eventStoreId)} has no adapter of @castore-dynamodb/adapter, so its events cannot be read.`,
  );
};
