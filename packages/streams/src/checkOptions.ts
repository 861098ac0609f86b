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

/** Timestamps are compared as the strings that they are. */
const isTimestamp = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-][\d:]+)?)?)?)?$/.test(value);

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
}): void => {
  const isTypes = Array.isArray(eventTypes) && eventTypes.length > 0 && eventTypes.every(isText);
  refuseUnless(isTypes || eventTypes === undefined, 'eventTypes', 'expected an array of one event type or more.');
  for (const [argument, value] of Object.entries({ from, to })) checkTimestamp(value, argument);
};

export const checkSince = (since: unknown): void => checkTimestamp(since, 'since');

const checkTimestamp = (value: unknown, argument: string): void => {
  const expectation = 'expected a timestamp in ISO 8601, or the beginning of one: "2026-11".';
  refuseUnless(isOptional(value, isTimestamp), argument, expectation);
};
