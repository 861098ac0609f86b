import type { EventDetail } from '@castore/core';
import { InvalidArgumentError } from '@castore-dynamodb/adapter';

import { describeValue } from '../checkArgument.js';
import { type EventsReader, type History, readTail } from './history.js';

/** @throws InvalidArgumentError */
export const parseInstant = (at: string): number => {
  const instant = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw new InvalidArgumentError(
      'options.at',
      `expected an instant in ISO 8601, such as 2026-01-31T12:00:00.000Z, got ${describeValue(at)}.`,
    );
  }
  return instant;
};

/**
 * Cuts a history off behind the last event, in version order, that is not later than an instant; where all of it is
 * later, goes back through the versions before it, in ever longer strides.
 */
export const rewind = async <EVENT extends EventDetail>(
  readEvents: EventsReader<EVENT>,
  history: History<EVENT>,
  instant: number,
): Promise<History<EVENT>> => {
  let { events, isComplete } = history;
  for (let stride = 2 * events.length; ; stride *= 2) {
    const last = events.findLastIndex(({ timestamp }) => Date.parse(timestamp) <= instant);
    const [oldest] = events;
    if (last !== -1 || isComplete || oldest === undefined) return { events: events.slice(0, last + 1), isComplete };
    ({ events, isComplete } = await readTail(readEvents, stride, oldest.version - 1));
  }
};
