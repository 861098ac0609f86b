import { hasCode, InvalidArgumentError, isObject, refuse } from '@castore-dynamodb/commons';

import type { ConnectionEnd } from '../protocol/protocol.js';
import { compileRegexp } from './regexp.js';

/** What a filter looks at. */
export interface FilteredEvent {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly type: string;
}

export type Matcher = (event: FilteredEvent) => boolean;

/** Of one subscription. */
const MAX_FILTERS = 20;
const MAX_VALUES = 200;
const MAX_REGEXPS = 10;

const KEYS = ['eventStoreId', 'aggregateId', 'type'] as const;

/**
 * Whether an event fits any of some filters that a client has sent, each with all of its keys.
 *
 * @throws InvalidArgumentError
 */
export const compileFilters = (filters: unknown): Matcher => {
  if (!Array.isArray(filters)) return refuse('filters', 'an array of filters', filters);
  if (filters.length > MAX_FILTERS) throw new InvalidArgumentError('filters', `there are more than ${MAX_FILTERS}.`);
  const counts = { values: 0, regexps: 0 };
  const matchers = filters.map((filter, index) => compileFilter(filter, `filters[${index}]`, counts));
  if (counts.values > MAX_VALUES)
    throw new InvalidArgumentError('filters', `they list more than ${MAX_VALUES} values.`);
  return event => matchers.some(matches => matches(event));
};

/** What to say to a client whose filters were refused. Throws any other error. */
export const endOfRefusal = (error: unknown): ConnectionEnd => {
  if (!hasCode(error, 'InvalidArgumentError')) throw error;
  return { reason: 'InvalidSubscription', message: (error as InvalidArgumentError).message };
};

interface Counts {
  values: number;
  regexps: number;
}

const compileFilter = (filter: unknown, path: string, counts: Counts): Matcher => {
  if (!isObject(filter)) return refuse(path, 'an object', filter);
  const unknown = Object.keys(filter).find(key => !(KEYS as readonly string[]).includes(key));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(
      path,
      `there is no such key as ${JSON.stringify(unknown.slice(0, 60))}. The keys are ${KEYS.join(', ')}.`,
    );
  }
  const tests = KEYS.filter(key => filter[key] !== undefined).map(key => {
    const test = compileValue(filter[key], `${path}.${key}`, counts);
    return (event: FilteredEvent) => test(event[key]);
  });
  return event => tests.every(test => test(event));
};

const compileValue = (value: unknown, path: string, counts: Counts): ((text: string) => boolean) => {
  if (typeof value === 'string') return text => text === value;
  if (Array.isArray(value)) {
    counts.values += value.length;
    if (!value.every(element => typeof element === 'string')) return refuse(path, 'a list of strings', value);
    const values = new Set<string>(value);
    return text => values.has(text);
  }
  if (isObject(value) && typeof value['regexp'] === 'string' && Object.keys(value).length === 1) {
    counts.regexps++;
    if (counts.regexps > MAX_REGEXPS)
      throw new InvalidArgumentError('filters', `there are more than ${MAX_REGEXPS} regexps.`);
    return compileRegexp(value['regexp'], path);
  }
  return refuse(path, 'a string, a list of strings or { regexp }', value);
};
