import { DynamoDBClient, type QueryCommandInput } from '@aws-sdk/client-dynamodb';

import type { Item } from '../src/codec/eventItem.js';
import { itemSize } from '../src/index.js';

const KEYS = ['aggregateId', 'version', 'eventStoreId', 'timestamp'];
const MAX_PAGE_SIZE = 1024 * 1024;

/**
 * The index `initialEvents` of a single table, for listings of more aggregates than a test can put into an engine.
 * Answers the Queries of a listing that goes forward, 1 MB at most, and counts half a read unit for each 4 KB.
 */
export const indexModel = (
  items: readonly Item[],
): { client: DynamoDBClient; costs: { requests: number; units: number } } => {
  const costs = { requests: 0, units: 0 };
  const entriesOf = new Map<string, Item[]>();
  for (const item of items) {
    const entries = entriesOf.get(item['eventStoreId']?.S as string) ?? [];
    entriesOf.set(item['eventStoreId']?.S as string, entries);
    entries.push(Object.fromEntries(KEYS.map(key => [key, item[key]])) as Item);
  }

  /** Where in its entries a Query starts. */
  const startOf = (entries: readonly Item[], query: QueryCommandInput): number => {
    const after = query.ExclusiveStartKey?.['timestamp']?.S;
    const from = after ?? query.ExpressionAttributeValues?.[':time0']?.S ?? '';
    const isExclusive = after !== undefined || query.KeyConditionExpression?.includes('> ') === true;
    return firstIndex(entries, ({ timestamp }) => {
      const time = timestamp?.S ?? '';
      return isExclusive ? time > from : time >= from;
    });
  };

  const answer = (query: QueryCommandInput) => {
    const entries = entriesOf.get(query.ExpressionAttributeValues?.[':indexKey']?.S as string) ?? [];
    const start = startOf(entries, query);
    const last = Math.min(entries.length, start + (query.Limit ?? entries.length));
    let size = 0;
    let end = start;
    while (end < last && size < MAX_PAGE_SIZE) size += itemSize(entries[end++] as Item);
    costs.requests += 1;
    costs.units += 0.5 * Math.max(1, Math.ceil(size / 4096));
    const LastEvaluatedKey = end < entries.length ? entries[end - 1] : undefined;
    return { Items: entries.slice(start, end), LastEvaluatedKey };
  };

  const client = new DynamoDBClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    () => async args => ({
      response: {},
      output: { ...answer(args.input as QueryCommandInput), $metadata: {} } as never,
    }),
    { step: 'initialize', name: 'indexModel' },
  );
  return { client, costs };
};

/** Of a sorted array: the first element for which `isIn` holds, and so for all after it. */
const firstIndex = <ELEMENT>(elements: readonly ELEMENT[], isIn: (element: ELEMENT) => boolean): number => {
  let [low, high] = [0, elements.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isIn(elements[middle] as ELEMENT)) high = middle;
    else low = middle + 1;
  }
  return low;
};
