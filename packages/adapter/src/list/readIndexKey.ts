import type { AttributeValue, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { addToMessage, isNamed, requestWhole } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_PK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import { MAX_QUERY_LIMIT } from '../checks.js';
import type { EventStorage } from '../eventStorage.js';
import { QueryCommand } from '../sdkCommands.js';
import { comparing, type KeyRange, rangeQuery } from './keyRange.js';
import type { ListQuery } from './listQuery.js';
import type { ListPosition } from './pageToken.js';

/** What is known of the aggregates under one index key. */
export interface IndexKey {
  /** Those that were read, in the order of the listing. */
  readonly found: ListPosition[];
  /** Whether there may be more of them. */
  hasMore: boolean;
  /** Reads up to `limit` more, and one at least if there is any. */
  readMore(limit: number): Promise<void>;
}

export const openIndexKey = (
  storage: EventStorage,
  tableName: string,
  query: ListQuery,
  indexKey: AttributeValue,
  keyIndex: number,
  range: KeyRange,
): IndexKey => {
  const { layout, dynamoDbClient } = storage;
  const compare = comparing(query.options);
  const input: QueryCommandInput = {
    TableName: tableName,
    IndexName: EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
    ...rangeQuery(layout, query, indexKey, range),
  };
  const found: ListPosition[] = [];

  const readPage = async (limit: number): Promise<void> => {
    if (Number.isFinite(limit)) input.Limit = Math.min(limit, MAX_QUERY_LIMIT);
    const { Items = [], LastEvaluatedKey } = await requestWhole(
      { operation: 'Query', tableName, requires: 'Items' },
      () => dynamoDbClient.send(new QueryCommand({ ...input })),
    );
    input.ExclusiveStartKey = LastEvaluatedKey;
    key.hasMore = LastEvaluatedKey !== undefined;
    for (const item of Items) {
      const initialEventTimestamp = item[EVENT_TABLE_TIMESTAMP_KEY]?.S ?? '';
      if (range.to !== undefined && compare(initialEventTimestamp, range.to) > 0) {
        key.hasMore = false;
        return;
      }
      const aggregateId = layout.aggregateId(query.eventStoreId, item[EVENT_TABLE_PK]?.S ?? '');
      found.push({ aggregateId, initialEventTimestamp, keyIndex });
    }
  };

  const key: IndexKey = {
    found,
    hasMore: true,
    async readMore(limit) {
      const before = found.length;
      try {
        // DynamoDB may answer with an empty page and yet have more.
        do await readPage(limit);
        while (key.hasMore && found.length === before);
      } catch (error) {
        explainRefusedListing(error, layout.name);
        throw error;
      }
    },
  };
  return key;
};

/** DynamoDB refuses a listing as such if the index is missing, or has the key of another layout. */
const explainRefusedListing = (error: unknown, layout: string): void => {
  if (!isNamed(error, 'ValidationException')) return;
  addToMessage(
    error,
    '',
    ` Its index ${EVENT_TABLE_INITIAL_EVENT_INDEX_NAME} is missing, or it is not a table of layout ${layout}: checkEventTable says which.`,
  );
};
