import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { EventStoreContext, ListAggregateIdsOptions } from '@castore/core';
import {
  checkBoolean,
  checkInteger,
  checkObject,
  checkOptions,
  checkString,
  MAX_SORT_KEY_SIZE,
  type OptionNames,
  parseInstant,
} from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import { checkAggregateId, checkEventStoreId, MAX_QUERY_LIMIT } from '../checks.js';
import { InvalidPageTokenError } from '../errors.js';
import type { EventStorage } from '../eventStorage.js';
import type { Layout } from '../layout.js';
import type { KeySegment } from './keySegment.js';
import { type ListPosition, parsePageToken } from './pageToken.js';

/** Which aggregates are wanted, once all of it was checked and the page token was read. */
export interface ListQuery {
  readonly eventStoreId: string;
  readonly options: Omit<ListAggregateIdsOptions, 'pageToken'>;
  readonly position: ListPosition | undefined;
}

const OPTIONS = {
  limit: true,
  initialEventAfter: true,
  initialEventBefore: true,
  reverse: true,
  pageToken: true,
} satisfies OptionNames<ListAggregateIdsOptions>;

/**
 * Options given win over those that the token carries along. The bounds become the form of `toISOString`, in which events
 * have their timestamps and in which the index sorts them; what is finer than a millisecond is rounded into the range.
 *
 * @throws InvalidArgumentError, InvalidPageTokenError
 */
export const checkListQuery = (
  { layout }: EventStorage,
  context: EventStoreContext,
  input: ListAggregateIdsOptions = {},
): ListQuery => {
  checkObject(context, 'context');
  checkOptions(input, 'options', OPTIONS);
  const { eventStoreId } = context;
  checkEventStoreId(layout, eventStoreId, 'context.eventStoreId');

  const { pageToken } = input;
  const token = pageToken === undefined ? undefined : parsePageToken(layout, eventStoreId, pageToken);
  const options: Record<string, unknown> = {};
  for (const name of LIST_OPTIONS) {
    const value = input[name] === undefined ? token?.options[name] : input[name];
    if (value !== undefined) options[name] = CHECKS[name](value, `options.${name}`) ?? value;
  }
  if (token !== undefined) checkPosition(layout, eventStoreId, token.position);
  return { eventStoreId, options, position: token?.position };
};

const LIST_OPTIONS = ['limit', 'initialEventAfter', 'initialEventBefore', 'reverse'] as const;

/** Checks of each option, whoever gave it: a page token's may be forged. Those of an instant return how it is written. */
const CHECKS: Record<(typeof LIST_OPTIONS)[number], (value: unknown, argument: string) => string | void> = {
  limit: checkInteger,
  initialEventAfter: (value, argument) => parseInstant(value, argument, 'up'),
  initialEventBefore: parseInstant,
  reverse: checkBoolean,
};

/** Where a page ended becomes a key in a request. Its time has the form that the event has, whoever wrote that one. */
const checkPosition = (layout: Layout, eventStoreId: string, position: ListPosition): void => {
  checkAggregateId(layout, eventStoreId, position.aggregateId, 'options.pageToken');
  checkString(position.initialEventTimestamp, 'options.pageToken');
  if (Buffer.byteLength(position.initialEventTimestamp) > MAX_SORT_KEY_SIZE) {
    throw new InvalidPageTokenError('it holds a time that no event can have.');
  }
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
  const { keyIndex, lower, upper, after } = segment;
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
    ...(after === undefined ? {} : { ExclusiveStartKey: keyOf(layout, eventStoreId, after) }),
  };
};

/** The full key of a first event in the index, which DynamoDB wants as the place to start from. */
const keyOf = (layout: Layout, eventStoreId: string, position: ListPosition) => ({
  [EVENT_TABLE_PK]: { S: layout.partitionKey(eventStoreId, position.aggregateId) },
  [EVENT_TABLE_SK]: { N: '1' },
  [layout.initialEventKey.name]: layout.initialEventKey.ofEventStore(eventStoreId)[position.keyIndex] ?? { S: '' },
  [EVENT_TABLE_TIMESTAMP_KEY]: { S: position.initialEventTimestamp },
});
