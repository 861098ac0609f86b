import type { AttributeValue, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { EVENT_TABLE_PK, EVENT_TABLE_SK, EVENT_TABLE_TIMESTAMP_KEY } from '@castore-dynamodb/table';

import type { Item } from '../codec/eventItem.js';
import type { Layout } from '../layout.js';
import type { ListQuery } from './listQuery.js';
import type { ListOptions, ListPosition } from './pageToken.js';

/** What is still to be listed under one index key: a range of times, in the direction of the listing. */
export interface KeyRange {
  readonly from?: string | undefined;
  /** DynamoDB takes no other bound beside an exclusive one, so `to` is then checked here. */
  readonly isExclusive?: boolean;
  readonly to?: string | undefined;
  /** The aggregate to go on after, if it has this index key. */
  readonly after?: ListPosition;
}

const SURROGATE = /[\ud800-\udfff]/;

/** DynamoDB orders strings by their bytes in UTF-8; JavaScript compares code units, which differs beyond U+FFFF. */
const compareStrings = (left: string, right: string): number => {
  if (left === right) return 0;
  if (SURROGATE.test(left) || SURROGATE.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : 1;
};

/** Compares times in the direction of the listing: what comes first is less. */
export const comparing = ({ reverse = false }: ListOptions): ((left: string, right: string) => number) =>
  reverse ? (left, right) => compareStrings(right, left) : compareStrings;

/**
 * Aggregates are listed by time, and those of one instant by the order of their index keys. So after a position, the
 * keys before its own have nothing left of its instant, and the keys after it still have all of it.
 *
 * DynamoDB refuses a start outside of the range that is asked for; options given with a token may move the range.
 * Undefined if nothing is left.
 */
export const rangeOf = ({ options, position }: ListQuery, keyIndex: number): KeyRange | undefined => {
  const { initialEventAfter, initialEventBefore, reverse } = options;
  const [from, to] = reverse ? [initialEventBefore, initialEventAfter] : [initialEventAfter, initialEventBefore];
  const compare = comparing(options);
  const isAfter = (left: string | undefined, right: string | undefined): boolean =>
    left !== undefined && right !== undefined && compare(left, right) > 0;

  const instant = position?.initialEventTimestamp;
  if (isAfter(from, to) || isAfter(instant, to)) return undefined;
  if (position === undefined || isAfter(from, instant)) return { from, to };
  if (keyIndex === position.keyIndex) return { from, to, after: position };
  return { from: instant, isExclusive: keyIndex < position.keyIndex, to };
};

/** The members of a Query that pick a range of an index key. */
export const rangeQuery = (
  layout: Layout,
  { eventStoreId, options: { reverse = false } }: ListQuery,
  indexKey: AttributeValue,
  { from, isExclusive = false, to, after }: KeyRange,
) => {
  const bound = isExclusive ? undefined : to;
  const [lower, upper] = reverse ? [bound, from] : [from, bound];
  const times = [lower, upper].filter(time => time !== undefined);
  const orEqual = isExclusive ? '' : '=';
  const condition =
    times.length === 2 ? 'between :time0 and :time1' : `${lower === undefined ? '<' : '>'}${orEqual} :time0`;
  return {
    KeyConditionExpression: `#indexKey = :indexKey${times.length === 0 ? '' : ` and #timestamp ${condition}`}`,
    ExpressionAttributeNames: {
      '#indexKey': layout.initialEventKey.name,
      ...(times.length === 0 ? {} : { '#timestamp': EVENT_TABLE_TIMESTAMP_KEY }),
    },
    ExpressionAttributeValues: {
      ':indexKey': indexKey,
      ...Object.fromEntries(times.map((time, index) => [`:time${index}`, { S: time }])),
    },
    ScanIndexForward: !reverse,
    ...(after === undefined ? {} : { ExclusiveStartKey: keyOf(layout, eventStoreId, indexKey, after) }),
  } satisfies Partial<QueryCommandInput>;
};

/** The full key of a first event in the index, which DynamoDB wants as the place to start from. */
const keyOf = (
  layout: Layout,
  eventStoreId: string,
  indexKey: AttributeValue,
  { aggregateId, initialEventTimestamp }: ListPosition,
): Item => ({
  [EVENT_TABLE_PK]: { S: layout.partitionKey(eventStoreId, aggregateId) },
  [EVENT_TABLE_SK]: { N: '1' },
  [layout.initialEventKey.name]: indexKey,
  [EVENT_TABLE_TIMESTAMP_KEY]: { S: initialEventTimestamp },
});
