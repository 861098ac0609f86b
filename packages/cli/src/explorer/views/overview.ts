import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { eventTableOf } from '@castore-dynamodb/adapter';
import { request } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import { describeDeployedTable, layoutOf } from '../../connection/deployedTable.js';
import type { EventStoreEntry, Overview } from '../api.js';
import type { Explorer } from '../explorer.js';
import { problemOf } from '../problem.js';

/** In a table that nobody has described. Each costs a request and half a read unit. */
const MAX_FOUND = 25;

/** After every timestamp and every id. */
const LAST = '~';

/** The event stores: those of the configuration, or those that a table has. */
export const overview = async (explorer: Explorer): Promise<Overview> => {
  const { isRedacted, maxReadUnits, metadataKeys } = explorer.options;
  const configured = await explorer.configured();
  const found =
    configured.length > 0
      ? { eventStores: configured.map(entryOf), mayHaveMore: false }
      : await findEventStores(explorer).catch((error: unknown) => ({
          eventStores: [],
          mayHaveMore: true,
          problem: problemOf(error),
        }));
  return { ...found, isRedacted, maxReadUnits, metadataKeys };
};

const entryOf = (eventStore: Awaited<ReturnType<Explorer['configured']>>[number]): EventStoreEntry => {
  const tableName = eventTableOf(eventStore.getEventStorageAdapter())?.tableName;
  return { eventStoreId: eventStore.eventStoreId, isConfigured: true, ...(tableName !== undefined && { tableName }) };
};

const findEventStores = async ({
  options: { session },
}: Explorer): Promise<Pick<Overview, 'eventStores' | 'mayHaveMore'>> => {
  const [tableName, client] = await Promise.all([session.tableName(), session.client()]);
  const entry = (eventStoreId: string): EventStoreEntry => ({ eventStoreId, tableName, isConfigured: false });
  // A table of its own has one event store, and does not know its id.
  if (layoutOf(await describeDeployedTable(client, tableName)) !== 'single-table') {
    return { eventStores: [entry(tableName)], mayHaveMore: false };
  }

  // From the first item of one event store to the first of the next: the index is not read, it is jumped through.
  const ids = new Set<string>();
  for (let after: string | undefined, looks = 0; looks < MAX_FOUND; looks++) {
    const { Items = [] } = await request(
      { operation: 'Scan', tableName, requires: 'Items', deadlineMs: 20_000 },
      abortSignal =>
        client.send(
          new ScanCommand({
            TableName: tableName,
            IndexName: EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
            Limit: 1,
            ...(after !== undefined && { ExclusiveStartKey: endOf(after) }),
          }),
          { abortSignal },
        ),
    );
    const indexKey = Items[0]?.[EVENT_TABLE_EVENT_STORE_ID_KEY]?.S;
    if (indexKey === undefined) return { eventStores: [...ids].toSorted().map(entry), mayHaveMore: false };
    // New aggregates of an event store may be spread over `<id>#0`, `<id>#1`…
    ids.add(indexKey.replace(/#\d+$/, ''));
    if (indexKey === after) break;
    after = indexKey;
  }
  return { eventStores: [...ids].toSorted().map(entry), mayHaveMore: true };
};

/** Behind the last item of an index key, whatever that is. */
const endOf = (indexKey: string) => ({
  [EVENT_TABLE_EVENT_STORE_ID_KEY]: { S: indexKey },
  [EVENT_TABLE_TIMESTAMP_KEY]: { S: LAST },
  [EVENT_TABLE_PK]: { S: `${indexKey}#${LAST}` },
  [EVENT_TABLE_SK]: { N: '1' },
});
