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

  const { pageToken, ...given } = input;
  const token = pageToken === undefined ? undefined : parsePageToken(layout, eventStoreId, pageToken);
  const options = { ...token?.options };
  for (const name of ['limit', 'initialEventAfter', 'initialEventBefore', 'reverse'] as const) {
    if (given[name] !== undefined) Object.assign(options, { [name]: given[name] });
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

/** DynamoDB orders strings by their bytes in UTF-8; JavaScript's `<` compares code units, which differs beyond U+FFFF. */
const compareStrings = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

/**
 * Where listing starts within the wanted range of time: `start` from its beginning, `behind` a position within it,
 * `nowhere` where the range is empty or lies behind. DynamoDB refuses a start outside of the range, and options that are
 * given with a token may move the range.
 */
export const startOf = ({ options, position }: ListQuery): 'start' | 'behind' | 'nowhere' => {
  const { initialEventAfter: after, initialEventBefore: before, reverse = false } = options;
  if (after !== undefined && before !== undefined && compareStrings(after, before) > 0) return 'nowhere';
  if (position === undefined) return 'start';

  const { initialEventTimestamp } = position;
  const isTooEarly = after !== undefined && compareStrings(initialEventTimestamp, after) < 0;
  const isTooLate = before !== undefined && compareStrings(initialEventTimestamp, before) > 0;
  if (isTooEarly) return reverse ? 'nowhere' : 'start';
  if (isTooLate) return reverse ? 'start' : 'nowhere';
  return 'behind';
};

const timeCondition = ({ initialEventAfter, initialEventBefore }: ListAggregateIdsOptions): string => {
  if (initialEventAfter === undefined) return initialEventBefore === undefined ? '' : ' and #timestamp <= :before';
  return initialEventBefore === undefined ? ' and #timestamp >= :after' : ' and #timestamp between :after and :before';
};

/** The full key of a first event in the index, which DynamoDB wants of where to start. */
const indexKey = (layout: Layout, eventStoreId: string, { aggregateId, initialEventTimestamp }: ListPosition) => {
  const { name, value } = layout.initialEventKey(eventStoreId);
  return {
    [EVENT_TABLE_PK]: { S: layout.partitionKey(eventStoreId, aggregateId) },
    [EVENT_TABLE_SK]: { N: '1' },
    [name]: value,
    [EVENT_TABLE_TIMESTAMP_KEY]: { S: initialEventTimestamp },
  };
};

export const listQueryInput = (
  { layout }: EventStorage,
  tableName: string,
  { eventStoreId, options }: ListQuery,
  limit: number | undefined,
  behind: ListPosition | undefined,
): QueryCommandInput => {
  const { initialEventAfter, initialEventBefore, reverse } = options;
  const { name, value } = layout.initialEventKey(eventStoreId);
  const condition = timeCondition(options);
  return {
    TableName: tableName,
    IndexName: EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
    KeyConditionExpression: `#indexKey = :indexKey${condition}`,
    ExpressionAttributeNames: {
      '#indexKey': name,
      ...(condition === '' ? {} : { '#timestamp': EVENT_TABLE_TIMESTAMP_KEY }),
    },
    ExpressionAttributeValues: {
      ':indexKey': value,
      ...(initialEventAfter === undefined ? {} : { ':after': { S: initialEventAfter } }),
      ...(initialEventBefore === undefined ? {} : { ':before': { S: initialEventBefore } }),
    },
    ...(reverse === true ? { ScanIndexForward: false } : {}),
    ...(limit === undefined ? {} : { Limit: Math.min(limit, MAX_QUERY_LIMIT) }),
    ...(behind === undefined ? {} : { ExclusiveStartKey: indexKey(layout, eventStoreId, behind) }),
  };
};
