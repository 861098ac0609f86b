import type { EventStore } from '@castore/core';
import { type EventTable, eventTableOf, InvalidArgumentError } from '@castore-dynamodb/adapter';

import type { Projector } from './projector.js';

/** A table of events, and who is interested in it. */
export interface ProjectedTable extends EventTable {
  readonly readers: TableReader[];
}

/** A projection, with those of its event stores that lie in the table. */
export interface TableReader {
  readonly projector: Projector;
  readonly eventStores: EventStore[];
}

/**
 * The tables that the projections' event stores lie in (or only these of them), each once. Two clients may be of two
 * regions: what they reach under one name are two tables.
 *
 * @throws InvalidArgumentError for an event store that is not in DynamoDB.
 */
export const projectedTables = (projectors: readonly Projector[], only?: readonly EventStore[]): ProjectedTable[] => {
  const tables: ProjectedTable[] = [];
  for (const projector of projectors) {
    for (const eventStore of projector.eventStores) {
      if (only?.some(({ eventStoreId }) => eventStoreId === eventStore.eventStoreId) === false) continue;
      const table = tableOf(eventStore);
      const isTable = ({ tableName, dynamoDbClient }: ProjectedTable): boolean =>
        tableName === table.tableName && dynamoDbClient === table.dynamoDbClient;
      const { readers } = findOrAdd(tables, isTable, { ...table, readers: [] });
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

const tableOf = ({ eventStoreId, eventStorageAdapter }: EventStore): EventTable => {
  const table = eventTableOf(eventStorageAdapter);
  if (table !== undefined) return table;
  throw new InvalidArgumentError(
    'projections',
    `event store ${JSON.stringify(eventStoreId)} has no adapter of @castore-dynamodb/adapter, so its events cannot be read.`,
  );
};
