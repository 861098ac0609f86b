import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { request } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

const MAX_FOUND = 25;
/** Each costs a request and half a read unit. An event store has up to 256 shards, each a key of the index. */
const MAX_LOOKS = 300;
const MAX_SHARDS = 256;

/** After every timestamp and every id. */
const LAST = '~';

/** The event stores that the index of a single table has, and over how many keys each of them spreads its aggregates. */
export interface FoundEventStores {
  /** By id; 0 for one that has no shards. */
  readonly shards: ReadonlyMap<string, number>;
  /** Whether the table may have more, or more shards of these. */
  readonly mayHaveMore: boolean;
}

/**
 * Looks for event stores in the index of a single table: it is not read, but jumped through, from the first item of one key
 * to the first item of the next.
 */
export const findEventStores = async (client: DynamoDBClient, tableName: string): Promise<FoundEventStores> => {
  const shards = new Map<string, number>();
  for (let after: string | undefined, looks = 0; looks < MAX_LOOKS; looks++) {
    const indexKey = await nextIndexKey(client, tableName, after);
    if (indexKey === undefined) return { shards, mayHaveMore: false };
    if (indexKey === after) break;
    const { eventStoreId, shard } = parse(indexKey);
    if (!shards.has(eventStoreId) && shards.size === MAX_FOUND) break;
    shards.set(eventStoreId, Math.max(shards.get(eventStoreId) ?? 0, Math.min(shard + 1, MAX_SHARDS)));
    after = indexKey;
  }
  return { shards, mayHaveMore: true };
};

/** New aggregates of an event store may be spread over `<id>#0`, `<id>#1`…; no id has a `#` in it. */
const parse = (indexKey: string): { eventStoreId: string; shard: number } => {
  const [, eventStoreId = indexKey, shard = '-1'] = /^([^#]*)#(\d+)$/.exec(indexKey) ?? [];
  return { eventStoreId, shard: Number(shard) };
};

const nextIndexKey = async (
  client: DynamoDBClient,
  tableName: string,
  after: string | undefined,
): Promise<string | undefined> => {
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
  return Items[0]?.[EVENT_TABLE_EVENT_STORE_ID_KEY]?.S;
};

/** After the last item of an index key, whatever that is. */
const endOf = (indexKey: string) => ({
  [EVENT_TABLE_EVENT_STORE_ID_KEY]: { S: indexKey },
  [EVENT_TABLE_TIMESTAMP_KEY]: { S: LAST },
  [EVENT_TABLE_PK]: { S: `${indexKey}#${LAST}` },
  [EVENT_TABLE_SK]: { N: '1' },
});
