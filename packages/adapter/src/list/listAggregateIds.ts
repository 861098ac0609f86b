import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ListAggregateIdsOutput } from '@castore/core';
import { EVENT_TABLE_PK, EVENT_TABLE_TIMESTAMP_KEY } from '@castore-dynamodb/table';

import type { EventStorage } from '../eventStorage.js';
import { type ListQuery, listQueryInput, startOf } from './listQuery.js';
import { formatPageToken, type ListPosition } from './pageToken.js';

/**
 * One page of an event store's aggregates: `limit` of them where there are that many, else as many as one request
 * brings (1 MB of keys). With a limit, one key more is asked for, which tells whether there is a page behind this one.
 */
export const listAggregateIds = async (storage: EventStorage, query: ListQuery): Promise<ListAggregateIdsOutput> => {
  const { eventStoreId, options } = query;
  const { limit } = options;
  const start = startOf(query);
  if (start === 'nowhere') return { aggregateIds: [] };

  const tableName = storage.tableName();
  const found: ListPosition[] = [];
  let behind = start === 'behind' ? query.position : undefined;
  let hasMore: boolean;
  do {
    const wanted = limit === undefined ? undefined : limit + 1 - found.length;
    const page = await requestPage(storage, tableName, query, wanted, behind);
    found.push(...page.positions);
    hasMore = page.hasMore;
    behind = page.lastPosition;
  } while (hasMore && limit !== undefined && found.length <= limit);

  const aggregateIds = found.slice(0, limit);
  const isCut = found.length > aggregateIds.length;
  const position = isCut ? aggregateIds.at(-1) : hasMore ? behind : undefined;
  return {
    aggregateIds,
    ...(position === undefined
      ? {}
      : { nextPageToken: formatPageToken(storage.layout, eventStoreId, { options, position }) }),
  };
};

interface Page {
  positions: ListPosition[];
  hasMore: boolean;
  lastPosition: ListPosition | undefined;
}

const requestPage = async (
  storage: EventStorage,
  tableName: string,
  query: ListQuery,
  limit: number | undefined,
  behind: ListPosition | undefined,
): Promise<Page> => {
  const { layout, dynamoDbClient } = storage;
  const input = listQueryInput(storage, tableName, query, limit, behind);
  const { Items: items = [], LastEvaluatedKey: lastKey } = await dynamoDbClient.send(new QueryCommand(input));
  const toPosition = (key: NonNullable<typeof lastKey>): ListPosition => ({
    aggregateId: layout.aggregateId(query.eventStoreId, key[EVENT_TABLE_PK]?.S ?? ''),
    initialEventTimestamp: key[EVENT_TABLE_TIMESTAMP_KEY]?.S ?? '',
  });
  return {
    positions: items.map(toPosition),
    hasMore: lastKey !== undefined,
    lastPosition: lastKey && toPosition(lastKey),
  };
};
