import type { EventStore } from '@castore/core';
import { InvalidArgumentError } from '@castore-dynamodb/adapter';

import { checkSources } from './checkArguments.js';

export const refuseUnless = (isGood: boolean, argument: string, expectation: string): void => {
  if (!isGood) throw new InvalidArgumentError(argument, expectation);
};

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isOptional = (value: unknown, isGood: (given: unknown) => boolean): boolean =>
  value === undefined || isGood(value);

export const isFunction = (value: unknown): boolean => typeof value === 'function';
export const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
export const isWholeNumber = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;

/** One event store or more. */
export const checkEventStores = (eventStores: readonly EventStore[]): void => {
  for (const eventStore of Array.isArray(eventStores) ? (eventStores as unknown[]) : []) {
    const isEventStore = isObject(eventStore) && 'eventStoreId' in eventStore;
    refuseUnless(isEventStore, 'eventStores', 'expected event stores.');
  }
  checkSources(eventStores);
};

/** Which events are looked for: these types, these times. */
export const checkEventFilter = ({
  eventTypes,
  from,
  to,
}: {
  eventTypes?: unknown;
  from?: unknown;
  to?: unknown;
}): { from: string | undefined; to: string | undefined } => {
  const isTypes = Array.isArray(eventTypes) && eventTypes.length > 0 && eventTypes.every(isText);
  refuseUnless(isTypes || eventTypes === undefined, 'eventTypes', 'expected an array of one event type or more.');
  return { from: checkTimestamp(from, 'from'), to: endOf(checkTimestamp(to, 'to')) };
};

export const checkSince = (since: unknown): string | undefined => checkTimestamp(since, 'since');

/** `2026`, `2026-11`, `2026-11-21`, `2026-11-21T14:30`: what a timestamp begins with. */
const BEGINNING = /^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d{1,3})?)?)?)?)?)?$/;
const WHOLE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Timestamps are compared as the strings that they are, so that of an event is to be had in the form of `toISOString`,
 * which is what the adapters write; a beginning of it is as good.
 */
const checkTimestamp = (value: unknown, argument: string): string | undefined => {
  if (value === undefined) return undefined;
  if (typeof value === 'string') {
    if (BEGINNING.test(value)) return value;
    if (WHOLE.test(value) && !Number.isNaN(Date.parse(value))) return new Date(value).toISOString();
  }
  throw new InvalidArgumentError(argument, 'expected a timestamp in ISO 8601, or the beginning of one: "2026-11".');
};

/** Above all timestamps that begin so: `~` comes behind whatever a timestamp has. */
const endOf = (to: string | undefined): string | undefined => (to !== undefined && BEGINNING.test(to) ? `${to}~` : to);
