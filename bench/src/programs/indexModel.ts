import { DynamoDBClient, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { itemSize } from '@castore-dynamodb/adapter';

import { EVENT_STORE_ID } from '../data/events.js';

/** A page of an index ends here. */
const MAX_PAGE_BYTES = 1024 * 1024;

export interface ListingCosts {
  requests: number;
  readUnits: number;
}

/**
 * A client that answers the Queries of a listing, as DynamoDB would of `count` aggregates, spread evenly over the shards
 * (one more key, that of before the shards, has none). Nothing is stored, so the memory of a listing is the adapter's.
 */
export const indexModel = (count: number, shards: number): { client: DynamoDBClient; costs: ListingCosts } => {
  const costs: ListingCosts = { requests: 0, readUnits: 0 };
  const step = Math.max(1, shards);

  const entryOf = (number: number, indexKey: string) => ({
    aggregateId: { S: `${EVENT_STORE_ID}#pokemon-${String(number).padStart(28, '0')}` },
    version: { N: '1' },
    eventStoreId: { S: indexKey },
    timestamp: { S: new Date(Date.UTC(2026, 0, 1) + number).toISOString() },
  });

  /** The first aggregate that a Query is about; the others of its key follow in steps. */
  const startOf = (shard: number, { ExclusiveStartKey, ...query }: QueryCommandInput): number => {
    const after = ExclusiveStartKey?.['timestamp']?.S;
    const from = after ?? query.ExpressionAttributeValues?.[':time0']?.S;
    if (from === undefined) return shard;
    const isExclusive = after !== undefined || query.KeyConditionExpression?.includes('> ') === true;
    const first = Date.parse(from) - Date.UTC(2026, 0, 1) + (isExclusive ? 1 : 0);
    return first + ((((shard - first) % step) + step) % step);
  };

  const answer = (query: QueryCommandInput) => {
    const indexKey = query.ExpressionAttributeValues?.[':indexKey']?.S ?? '';
    const [, shard] = indexKey.split('#');
    const isEmpty = shards > 0 && shard === undefined;
    const items: ReturnType<typeof entryOf>[] = [];
    let bytes = 0;
    let number = isEmpty ? count : startOf(Number(shard ?? 0), query);
    while (number < count && items.length < (query.Limit ?? count) && bytes < MAX_PAGE_BYTES) {
      const entry = entryOf(number, indexKey);
      items.push(entry);
      bytes += itemSize(entry);
      number += step;
    }
    costs.requests += 1;
    costs.readUnits += 0.5 * Math.max(1, Math.ceil(bytes / 4096));
    return { Items: items, LastEvaluatedKey: number < count ? items.at(-1) : undefined };
  };

  const client = new DynamoDBClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    () => async args => {
      const output = { ...answer(args.input as QueryCommandInput), $metadata: {} };
      return { response: {}, output: output as never };
    },
    { step: 'initialize', name: 'indexModel' },
  );
  return { client, costs };
};
