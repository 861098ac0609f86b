import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { EventStoreContext, EventsQueryOptions } from '@castore/core';
import { checkBoolean, checkInteger, checkObject, checkOptions, type OptionNames } from '@castore-dynamodb/commons';
import { EVENT_TABLE_PK, EVENT_TABLE_SK } from '@castore-dynamodb/table';

import { checkAggregateId, checkEventStoreId, checkVersion, MAX_QUERY_LIMIT } from '../checks.js';
import type { Item } from '../codec/eventItem.js';
import type { EventStorage } from '../eventStorage.js';

/** Which events of which aggregate are wanted, once all of it was checked. */
export interface EventsQuery {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly minVersion: number;
  readonly maxVersion: number | undefined;
  /** Infinity without a limit. */
  readonly limit: number;
  readonly reverse: boolean;
}

const OPTIONS = {
  minVersion: true,
  maxVersion: true,
  limit: true,
  reverse: true,
} satisfies OptionNames<EventsQueryOptions>;

/** @throws InvalidArgumentError */
export const checkEventsQuery = (
  { layout }: EventStorage,
  aggregateId: string,
  context: EventStoreContext,
  options: EventsQueryOptions = {},
): EventsQuery => {
  checkObject(context, 'context');
  checkOptions(options, 'options', OPTIONS);
  const { eventStoreId } = context;
  const { minVersion = 1, maxVersion, limit, reverse = false } = options;
  checkEventStoreId(layout, eventStoreId, 'context.eventStoreId');
  checkAggregateId(layout, eventStoreId, aggregateId, 'aggregateId');
  checkVersion(minVersion, 'options.minVersion');
  if (maxVersion !== undefined) checkVersion(maxVersion, 'options.maxVersion');
  if (limit !== undefined) checkInteger(limit, 'options.limit');
  checkBoolean(reverse, 'options.reverse');
  return { eventStoreId, aggregateId, minVersion, maxVersion, limit: limit ?? Number.POSITIVE_INFINITY, reverse };
};

/** Whether no version can be wanted; DynamoDB would refuse such a range. */
export const isEmptyRange = ({ minVersion, maxVersion = Number.MAX_SAFE_INTEGER }: EventsQuery): boolean =>
  minVersion > maxVersion;

/**
 * A page of events, in one strongly consistent Query. Its versions are always bounded from below: sort keys below 1 are
 * not of events.
 */
export const eventsQueryInput = (
  { layout }: EventStorage,
  tableName: string,
  { eventStoreId, aggregateId, minVersion, maxVersion, limit, reverse }: EventsQuery,
  exclusiveStartKey?: Item,
): QueryCommandInput => ({
  TableName: tableName,
  ConsistentRead: true,
  KeyConditionExpression: `#aggregateId = :aggregateId and #version ${
    maxVersion === undefined ? '>= :minVersion' : 'between :minVersion and :maxVersion'
  }`,
  ExpressionAttributeNames: { '#aggregateId': EVENT_TABLE_PK, '#version': EVENT_TABLE_SK },
  ExpressionAttributeValues: {
    ':aggregateId': { S: layout.partitionKey(eventStoreId, aggregateId) },
    ':minVersion': { N: String(minVersion) },
    ...(maxVersion === undefined ? {} : { ':maxVersion': { N: String(maxVersion) } }),
  },
  ...(reverse ? { ScanIndexForward: false } : {}),
  ...(limit === Number.POSITIVE_INFINITY ? {} : { Limit: Math.min(limit, MAX_QUERY_LIMIT) }),
  ...(exclusiveStartKey === undefined ? {} : { ExclusiveStartKey: exclusiveStartKey }),
});

/** Whether the range is exhausted at the key where a page ended, so that asking for another one would bring nothing. */
export const isLastVersion = ({ minVersion, maxVersion, reverse }: EventsQuery, lastEvaluatedKey: Item): boolean =>
  Number(lastEvaluatedKey[EVENT_TABLE_SK]?.N) === (reverse ? minVersion : maxVersion);
