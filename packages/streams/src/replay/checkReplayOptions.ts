import type { EventStore } from '@castore/core';

import {
  checkEventFilter,
  checkEventStores,
  isFunction,
  isObject,
  isOptional,
  isWholeNumber,
  refuseUnless,
} from '../checkOptions.js';
import { checkProjections } from '../projections/checkProjections.js';
import { PROJECTOR } from '../projections/projection.js';
import type { ReplayOptions } from './replayOptions.js';

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html (TotalSegments). */
const MAX_SEGMENTS = 1_000_000;

/**
 * @returns the times that events are looked for, as events have them.
 * @throws InvalidArgumentError
 */
export const checkReplayOptions = (options: ReplayOptions): ReturnType<typeof checkEventFilter> => {
  refuseUnless(isObject(options), 'options', 'expected an object.');
  checkProjections(options.projections);
  checkOwnEventStores(options);
  const times = checkEventFilter(options);
  checkNumbers(options);
  checkRest(options);
  return times;
};

const isBoolean = (value: unknown): boolean => typeof value === 'boolean';

const checkOwnEventStores = ({ projections, eventStores }: ReplayOptions): void => {
  if (eventStores === undefined) return;
  checkEventStores(eventStores);
  const known = new Set(projections.flatMap(projection => projection[PROJECTOR].eventStores.map(idOf)));
  for (const id of eventStores.map(idOf)) {
    refuseUnless(known.has(id), 'eventStores', `none of the projections has event store ${JSON.stringify(id)}.`);
  }
};

const idOf = ({ eventStoreId }: EventStore): string => eventStoreId;

const checkNumbers = ({ segments, readUnitsPerSecond, maxAttempts, concurrency }: ReplayOptions): void => {
  const isSegments = (value: unknown): boolean => isWholeNumber(value) && (value as number) <= MAX_SEGMENTS;
  refuseUnless(isOptional(segments, isSegments), 'segments', `expected an integer from 1 to ${MAX_SEGMENTS}.`);
  const isRate = (value: unknown): boolean => Number.isFinite(value) && (value as number) > 0;
  refuseUnless(isOptional(readUnitsPerSecond, isRate), 'readUnitsPerSecond', 'expected a number above 0.');
  for (const [argument, value] of Object.entries({ maxAttempts, concurrency })) {
    refuseUnless(isOptional(value, isWholeNumber), argument, 'expected an integer of at least 1.');
  }
};

const checkRest = ({ consistentRead, resume, onProgress, onFailure, signal }: ReplayOptions): void => {
  for (const [argument, value] of Object.entries({ consistentRead, resume })) {
    refuseUnless(isOptional(value, isBoolean), argument, 'expected a boolean.');
  }
  for (const [argument, value] of Object.entries({ onProgress, onFailure })) {
    refuseUnless(isOptional(value, isFunction), argument, 'expected a function.');
  }
  const isSignal = (value: unknown): boolean => value instanceof AbortSignal;
  refuseUnless(isOptional(signal, isSignal), 'signal', 'expected an AbortSignal.');
};
