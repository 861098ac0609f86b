import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';

import { EVENT_STORE_ID } from '../data/events.js';
import { indexModel } from './indexModel.js';

/** Lists all aggregates, page by page, and says what it cost. Arguments: how many, over how many shards, the limit. */
const main = async (): Promise<void> => {
  const [count = 0, shards = 0, limit = 0] = process.argv.slice(2).map(Number);
  const { client, costs } = indexModel(count, shards);
  const adapter = new DynamoDbSingleTableEventStorageAdapter({
    tableName: 'pokemons',
    dynamoDbClient: client,
    ...(shards === 0 ? {} : { initialEventShards: shards }),
  });
  const memoryBytes = process.memoryUsage().rss;
  const before = performance.now();
  let listed = 0;
  let pageToken: string | undefined;
  do {
    const options = { ...(limit === 0 ? {} : { limit }), ...(pageToken === undefined ? {} : { pageToken }) };
    const page = await adapter.listAggregateIds({ eventStoreId: EVENT_STORE_ID }, options);
    listed += page.aggregateIds.length;
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  if (listed !== count) throw new Error(`Of ${count} aggregates, ${listed} were listed.`);
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024 - memoryBytes;
  console.log(JSON.stringify({ ...costs, wallMilliseconds: performance.now() - before, peakMemoryBytes }));
};

void main();
