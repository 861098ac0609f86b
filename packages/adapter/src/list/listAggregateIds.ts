import type { ListAggregateIdsOutput } from '@castore/core';

import type { EventStorage } from '../eventStorage.js';
import { comparing, rangeOf } from './keyRange.js';
import type { ListQuery } from './listQuery.js';
import { formatPageToken, type ListPosition } from './pageToken.js';
import { type IndexKey, openIndexKey } from './readIndexKey.js';

/** How many aggregates a page has without a limit, if they lie under several index keys. */
const SHARDED_PAGE_SIZE = 50_000;

/**
 * One page of an event store's aggregates: `limit` of them if there are that many. Without a limit, as many as one
 * request brings (1 MB of keys) or, from several index keys, 50,000.
 *
 * One aggregate more is asked for. It shows whether there is another page.
 */
export const listAggregateIds = async (storage: EventStorage, query: ListQuery): Promise<ListAggregateIdsOutput> => {
  const keys = openIndexKeys(storage, query);
  const { eventStoreId, options } = query;
  const { limit } = options;
  const size = limit ?? (keys.length > 1 ? SHARDED_PAGE_SIZE : Number.POSITIVE_INFINITY);
  const found = await readAtLeast(size + 1, keys, query);

  const page = found.slice(0, size);
  const last = page.at(-1);
  const hasMore = found.length > size || keys.some(key => key.hasMore);
  return {
    aggregateIds: page.map(({ aggregateId, initialEventTimestamp }) => ({ aggregateId, initialEventTimestamp })),
    ...(hasMore && last !== undefined
      ? { nextPageToken: formatPageToken(storage.layout, eventStoreId, { options, position: last }) }
      : {}),
  };
};

/** There is one index key to list or, with shards, several. */
const openIndexKeys = (storage: EventStorage, query: ListQuery): IndexKey[] => {
  const tableName = storage.tableName();
  return storage.layout.initialEventKey.ofEventStore(query.eventStoreId).flatMap((indexKey, keyIndex) => {
    const range = rangeOf(query, keyIndex);
    return range === undefined ? [] : [openIndexKey(storage, tableName, query, indexKey, keyIndex, range)];
  });
};

/**
 * The first aggregates of all keys, `count` or more if there are as many, in order. Each key is asked for its share, and
 * again, for all that it could still contribute, only if its share ran out before the others' did. If there is no end
 * to `count`, one request of the only key is enough.
 *
 * The sort costs n log(keys) comparisons, as what each key has is sorted already and V8's sort merges sorted runs.
 */
const readAtLeast = async (count: number, keys: IndexKey[], { options }: ListQuery): Promise<ListPosition[]> => {
  const compareTimes = comparing(options);
  const compare = (left: ListPosition, right: ListPosition): number =>
    compareTimes(left.initialEventTimestamp, right.initialEventTimestamp) || left.keyIndex - right.keyIndex;

  await Promise.all(keys.map(key => key.readMore(shareOf(count, keys.length))));
  for (;;) {
    const sorted = keys.flatMap(({ found }) => found).toSorted(compare);
    // Only what comes before the last of each key that has more is known to have nothing between it.
    const ranOut = keys
      .map(key => ({ key, isKnownUpTo: key.hasMore ? sorted.indexOf(key.found.at(-1) as ListPosition) + 1 : count }))
      .filter(({ isKnownUpTo }) => isKnownUpTo < count);
    if (ranOut.length === 0 || count === Number.POSITIVE_INFINITY) return sorted;
    await Promise.all(ranOut.map(({ key, isKnownUpTo }) => key.readMore(count - isKnownUpTo)));
  }
};

/**
 * A hash spreads aggregates over all keys but the first, which has those from before there were shards. So a key has its
 * share of a page give or take the share's square root. With three times that, one of 16 runs out in about 20 pages.
 */
const shareOf = (count: number, keys: number): number => {
  const share = count / Math.max(1, keys - 1);
  return Math.min(count, Math.ceil(share + 3 * Math.sqrt(share)));
};
