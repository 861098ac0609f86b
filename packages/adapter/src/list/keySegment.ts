import type { ListAggregateIdsOptions } from '@castore/core';

import type { ListPosition } from './pageToken.js';

/** The part of one index key that is still to be listed: a range of timestamps, or what lies after a position in it. */
export interface KeySegment {
  readonly keyIndex: number;
  readonly lower?: string;
  readonly upper?: string;
  /** Which bound is exclusive. DynamoDB takes no other bound beside it, so that one is checked here. */
  readonly exclusive?: 'lower' | 'upper';
  readonly after?: ListPosition;
}

const SURROGATE = /[\ud800-\udfff]/;

/** DynamoDB orders strings by their bytes in UTF-8; JavaScript compares code units, which differs beyond U+FFFF. */
export const compareStrings = (left: string, right: string): number => {
  if (left === right) return 0;
  if (SURROGATE.test(left) || SURROGATE.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : 1;
};

/**
 * Aggregates are listed by time, and those of one instant by the order of their index keys. So after a position, the
 * keys before its own have nothing left of its instant, and the keys after it still have all of it.
 */
export const segmentOf = (
  options: ListAggregateIdsOptions,
  position: ListPosition | undefined,
  keyIndex: number,
): KeySegment | undefined => {
  const { initialEventAfter: lower, initialEventBefore: upper, reverse = false } = options;
  if (lower !== undefined && upper !== undefined && compareStrings(lower, upper) > 0) return undefined;
  const range: KeySegment = {
    keyIndex,
    ...(lower === undefined ? {} : { lower }),
    ...(upper === undefined ? {} : { upper }),
  };
  return position === undefined ? range : afterPosition(range, position, reverse);
};

/** DynamoDB refuses a start outside of the range that is asked for; options given with a token may move the range. */
const afterPosition = (range: KeySegment, position: ListPosition, reverse: boolean): KeySegment | undefined => {
  const { initialEventTimestamp: instant } = position;
  const [start, end] = reverse ? [range.upper, range.lower] : [range.lower, range.upper];
  const direction = reverse ? -1 : 1;
  if (start !== undefined && compareStrings(start, instant) * direction > 0) return range;
  if (end !== undefined && compareStrings(end, instant) * direction < 0) return undefined;

  if (range.keyIndex === position.keyIndex) return { ...range, after: position };
  const side = reverse ? 'upper' : 'lower';
  return { ...range, [side]: instant, ...(range.keyIndex < position.keyIndex ? { exclusive: side } : {}) };
};

/** Whether a listed timestamp lies beyond the segment's end. */
export const isBeyond = ({ lower, upper }: KeySegment, timestamp: string, reverse: boolean): boolean =>
  reverse
    ? lower !== undefined && compareStrings(timestamp, lower) < 0
    : upper !== undefined && compareStrings(timestamp, upper) > 0;
