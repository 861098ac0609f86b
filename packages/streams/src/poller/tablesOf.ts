import { type EventTable, eventTableOf, InvalidArgumentError } from '@castore-dynamodb/adapter';

import { tableNameOf } from '../images/streamRecord.js';
import type { Projector } from '../projections/projector.js';

/** The tables of the projectors' event stores, each once. @throws InvalidArgumentError */
export const tablesOf = (projectors: readonly Projector[]): EventTable[] => {
  const tables = new Map<string, EventTable>();
  for (const { eventStoreId, eventStorageAdapter } of projectors.flatMap(({ eventStores }) => eventStores)) {
    const table = eventTableOf(eventStorageAdapter);
    if (table === undefined) {
      throw new InvalidArgumentError(
        'projections',
        `event store ${JSON.stringify(eventStoreId)} is not connected to an adapter of @castore-dynamodb/adapter.`,
      );
    }
    tables.set(tableNameOf(table.tableName), table);
  }
  return [...tables.values()];
};
