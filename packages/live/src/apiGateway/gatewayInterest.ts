import { createHash } from 'node:crypto';

import { InvalidArgumentError } from '@castore-dynamodb/commons';

import { compileFilters, type FilteredEvent, type Matcher } from '../filters/filters.js';
import { compileRights, type Rights } from '../filters/rights.js';

/** What a client may see and wants to see, as it is stored. */
export interface GatewayInterest {
  /** The same for the same rights and filters. */
  readonly hash: string;
  /** Both of them, as JSON. */
  readonly text: string;
}

/** Of so many aggregates at most, a client is found by the aggregates that it wants to see. */
const MAX_AGGREGATES = 20;

/** In characters of JSON: every delivery reads the filters of all who are there, each once. */
const MAX_FILTERS_LENGTH = 4_096;

/** @throws InvalidArgumentError for filters that are none, or too long */
export const toInterest = (rights: Rights, filters: unknown): GatewayInterest => {
  compileFilters(filters);
  if (JSON.stringify(filters).length > MAX_FILTERS_LENGTH) {
    throw new InvalidArgumentError('filters', `they have more than ${MAX_FILTERS_LENGTH} characters.`);
  }
  const text = JSON.stringify({ rights, filters });
  return { hash: createHash('sha256').update(text).digest('base64url').slice(0, 22), text };
};

/** Compiling takes longer than matching, and many clients want the same. */
const matchers = new Map<string, Matcher>();
const MAX_MATCHERS = 1_000;

export const matcherOf = ({ hash, text }: GatewayInterest): Matcher => {
  const known = matchers.get(hash);
  if (known !== undefined) return known;
  const { rights, filters } = JSON.parse(text) as { rights: Rights; filters: unknown };
  const [allows, fits] = [compileRights(rights), compileFilters(filters)];
  const matcher = (event: FilteredEvent): boolean => allows(event) && fits(event);
  if (matchers.size >= MAX_MATCHERS) matchers.delete(matchers.keys().next().value as string);
  matchers.set(hash, matcher);
  return matcher;
};

/** The aggregates that events can be of, if rights or filters name few of them; undefined if they may be of many. */
export const aggregatesOf = ({ text }: GatewayInterest): readonly string[] | undefined => {
  const { rights, filters } = JSON.parse(text) as { rights: Rights; filters: { aggregateId?: unknown }[] };
  return fewOf(filters.map(({ aggregateId }) => aggregateId)) ?? fewOf([rights.aggregateIds]);
};

const fewOf = (values: readonly unknown[]): readonly string[] | undefined => {
  if (!values.every(value => typeof value === 'string' || Array.isArray(value))) return undefined;
  const ids = new Set(values.flat() as string[]);
  return ids.size <= MAX_AGGREGATES ? [...ids] : undefined;
};
