import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { EventStoreContext, ListAggregateIdsOptions } from '@castore/core';
import {
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import type { EventStorage } from '../eventStorage.js';
import {
  checkAggregateId,
  checkBoolean,
  checkEventStoreId,
  checkLimit,
  checkObject,
  checkTimestamp,
} from '../events/checkEvent.js';
import type { Layout } from '../layouts/layout.js';
import type { KeySegment } from './keySegment.js';
import { type ListPosition, parsePageToken } from './pageToken.js';

/** Which aggregates are wanted, once all of it was checked and the page token was read. */
export interface ListQuery {
  readonly eventStoreId: string;
  readonly options: Omit<ListAggregateIdsOptions, 'pageToken'>;
  readonly position: ListPosition | undefined;
}

/** DynamoDB's `Limit` is a signed integer of 32 bits. */
const MAX_QUERY_LIMIT = 2 ** 31 - 1;

/**
 * Options given win over those that the token carries along.
 *
 * @throws InvalidArgumentError, InvalidPageTokenError
 */
export const checkListQuery = (
  { layout }: EventStorage,
  context: EventStoreContext,
  input: ListAggregateIdsOptions = {},
): ListQuery => {
  checkObject(context, 'context');
  checkObject(input, 'options');
  const { eventStoreId } = context;
  checkEventStoreId(layout, eventStoreId, 'context.eventStoreId');

  const { pageToken } = input;
  const token = pageToken === undefined ? undefined : parsePageToken(layout, eventStoreId, pageToken);
  const options = { ...token?.options };
  for (const name of ['limit', 'initialEventAfter', 'initialEventBefore', 'reverse'] as const) {
    const given = input[name];
    if (given !== undefined) Object.assign(options, { [name]: given });
  }
  const { limit, initialEventAfter, initialEventBefore, reverse } = options;
  if (limit !== undefined) checkLimit(limit, 'options.limit');
  if (initialEventAfter !== undefined) checkTimestamp(initialEventAfter, 'options.initialEventAfter');
  if (initialEventBefore !== undefined) checkTimestamp(initialEventBefore, 'options.initialEventBefore');
  if (reverse !== undefined) checkBoolean(reverse, 'options.reverse');
  if (token !== undefined) {
    checkAggregateId(layout, eventStoreId, token.position.aggregateId, 'options.pageToken');
    checkTimestamp(token.position.initialEventTimestamp, 'options.pageToken');
  }
  return { eventStoreId, options, position: token?.position };
};

const timeCondition = ({ lower, upper, exclusive }: KeySegment): string => {
  if (exclusive === 'lower') return '#timestamp > :lower';
  if (exclusive === 'upper') return '#timestamp < :upper';
  if (lower === undefined) return upper === undefined ? '' : '#timestamp <= :upper';
  return upper === undefined ? '#timestamp >= :lower' : '#timestamp between :lower and :upper';
};

/** One page of one index key. */
export const listQueryInput = (
  { layout }: EventStorage,
  tableName: string,
  { eventStoreId, options: { reverse } }: ListQuery,
  segment: KeySegment,
  limit: number | undefined,
): QueryCommandInput => {
  const { keyIndex, lower, upper, behind } = segment;
  const indexKey = layout.initialEventKey.ofEventStore(eventStoreId)[keyIndex] ?? { S: '' };
  const condition = timeCondition(segment);
  return {
    TableName: tableName,
    IndexName: EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
    KeyConditionExpression: condition === '' ? '#indexKey = :indexKey' : `#indexKey = :indexKey and ${condition}`,
    ExpressionAttributeNames: {
      '#indexKey': layout.initialEventKey.name,
      ...(condition === '' ? {} : { '#timestamp': EVENT_TABLE_TIMESTAMP_KEY }),
    },
    ExpressionAttributeValues: {
      ':indexKey': indexKey,
      ...(lower !== undefined && condition.includes(':lower') ? { ':lower': { S: lower } } : {}),
      ...(upper !== undefined && condition.includes(':upper') ? { ':upper': { S: upper } } : {}),
    },
    ...(reverse === true ? { ScanIndexForward: false } : {}),
    ...(limit === undefined ? {} : { Limit: Math.min(limit, MAX_QUERY_LIMIT) }),
    ...(behind === undefined ? {} : { ExclusiveStartKey: keyOf(layout, eventStoreId, behind) }),
  };
};

/** The full key of a first event in the index, which DynamoDB wants of where to start. */
const keyOf = (layout: Layout, eventStoreId: string, position: ListPosition) => ({
  [EVENT_TABLE_PK]: { S: layout.partitionKey(eventStoreId, position.aggregateId) },
  [EVENT_TABLE_SK]: { N: '1' },
  [layout.initialEventKey.name]: layout.initialEventKey.ofEventStore(eventStoreId)[position.keyIndex] ?? { S: '' },
  [EVENT_TABLE_TIMESTAMP_KEY]: { S: position.initialEventTimestamp },
});
