import { eventTableOf } from '@castore-dynamodb/adapter';

import { describeDeployedTable, layoutOf } from '../../connection/deployedTable.js';
import type { EventStoreEntry, Overview } from '../api.js';
import type { Explorer } from '../explorer.js';
import { problemOf } from '../problem.js';

/** The event stores: those of the configuration, or those that a table has. */
export const overview = async (explorer: Explorer): Promise<Overview> => {
  const configured = await explorer.configured();
  if (configured.length > 0) return { eventStores: configured.map(entryOf), mayHaveMore: false };
  try {
    return await find(explorer);
  } catch (error) {
    return { eventStores: [], mayHaveMore: true, problem: problemOf(error) };
  }
};

const entryOf = (eventStore: Awaited<ReturnType<Explorer['configured']>>[number]): EventStoreEntry => {
  const tableName = eventTableOf(eventStore.getEventStorageAdapter())?.tableName;
  return { eventStoreId: eventStore.eventStoreId, isConfigured: true, ...(tableName !== undefined && { tableName }) };
};

const find = async (explorer: Explorer): Promise<Overview> => {
  const { session } = explorer.options;
  const [tableName, client] = await Promise.all([session.tableName(), session.client()]);
  const entry = (eventStoreId: string): EventStoreEntry => ({ eventStoreId, tableName, isConfigured: false });
  // A table of its own has one event store, and does not know its id.
  if (layoutOf(await describeDeployedTable(client, tableName)) !== 'single-table') {
    return { eventStores: [entry(tableName)], mayHaveMore: false };
  }
  const { shards, mayHaveMore } = await explorer.search();
  return { eventStores: [...shards.keys()].toSorted().map(entry), mayHaveMore };
};
