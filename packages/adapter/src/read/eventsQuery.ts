import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { EventStoreContext, EventsQueryOptions } from '@castore/core';
import { EVENT_TABLE_PK, EVENT_TABLE_SK } from '@castore-dynamodb/table';

import type { EventStorage } from '../eventStorage.js';
import {
  checkAggregateId,
  checkBoolean,
  checkEventStoreId,
  checkLimit,
  checkObject,
  checkVersion,
} from '../events/checkEvent.js';
import type { Item } from '../events/eventItem.js';

/** Which events of which aggregate are wanted, once all of it was checked. */
export interface EventsQuery {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly minVersion: number | undefined;
  readonly maxVersion: number | undefined;
  readonly limit: number | undefined;
  readonly reverse: boolean | undefined;
}

/** DynamoDB's `Limit` is a signed integer of 32 bits. */
const MAX_QUERY_LIMIT = 2 ** 31 - 1;

/** @throws InvalidArgumentError */
export const checkEventsQuery = (
  { layout }: EventStorage,
  aggregateId: string,
  context: EventStoreContext,
  options: EventsQueryOptions = {},
): EventsQuery => {
  checkObject(context, 'context');
  checkObject(options, 'options');
  const { eventStoreId } = context;
  const { minVersion, maxVersion, limit, reverse } = options;
  checkEventStoreId(layout, eventStoreId, 'context.eventStoreId');
  checkAggregateId(layout, eventStoreId, aggregateId, 'aggregateId');
  if (minVersion !== undefined) checkVersion(minVersion, 'options.minVersion');
  if (maxVersion !== undefined) checkVersion(maxVersion, 'options.maxVersion');
  if (limit !== undefined) checkLimit(limit, 'options.limit');
  if (reverse !== undefined) checkBoolean(reverse, 'options.reverse');
  return { eventStoreId, aggregateId, minVersion, maxVersion, limit, reverse };
};

/** Whether no version can be wanted; DynamoDB would refuse such a range. */
export const isEmptyRange = ({ minVersion = 1, maxVersion = Number.MAX_SAFE_INTEGER }: EventsQuery): boolean =>
  minVersion > maxVersion;

const versionCondition = ({ minVersion, maxVersion }: EventsQuery): string => {
  if (minVersion === undefined) return maxVersion === undefined ? '' : ' and #version <= :maxVersion';
  return maxVersion === undefined
    ? ' and #version >= :minVersion'
    : ' and #version between :minVersion and :maxVersion';
};

/** A page of events, in one strongly consistent Query: half a read unit would do for a stale one, the whole is right. */
export const eventsQueryInput = (
  { layout }: EventStorage,
  tableName: string,
  query: EventsQuery,
  remaining: number | undefined,
  exclusiveStartKey: Item | undefined,
): QueryCommandInput => {
  const { eventStoreId, aggregateId, minVersion, maxVersion, reverse } = query;
  const condition = versionCondition(query);
  return {
    TableName: tableName,
    ConsistentRead: true,
    KeyConditionExpression: `#aggregateId = :aggregateId${condition}`,
    ExpressionAttributeNames: {
      '#aggregateId': EVENT_TABLE_PK,
      ...(condition === '' ? {} : { '#version': EVENT_TABLE_SK }),
    },
    ExpressionAttributeValues: {
      ':aggregateId': { S: layout.partitionKey(eventStoreId, aggregateId) },
      ...(minVersion === undefined ? {} : { ':minVersion': { N: String(minVersion) } }),
      ...(maxVersion === undefined ? {} : { ':maxVersion': { N: String(maxVersion) } }),
    },
    ...(reverse === true ? { ScanIndexForward: false } : {}),
    ...(remaining === undefined ? {} : { Limit: Math.min(remaining, MAX_QUERY_LIMIT) }),
    ...(exclusiveStartKey === undefined ? {} : { ExclusiveStartKey: exclusiveStartKey }),
  };
};

/** Whether the range is exhausted at the key where a page ended, so that asking for another one would bring nothing. */
export const isLastVersion = ({ minVersion, maxVersion, reverse }: EventsQuery, lastEvaluatedKey: Item): boolean => {
  const end = reverse === true ? minVersion : maxVersion;
  return end !== undefined && Number(lastEvaluatedKey[EVENT_TABLE_SK]?.N) === end;
};
