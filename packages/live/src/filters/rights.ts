import { checkOptions, type OptionNames, refuse } from '@castore-dynamodb/commons';

import type { Matcher } from './filters.js';

/** What a client may see. What is left out is not bounded: `{}` is everything. */
export interface Rights {
  readonly eventStoreIds?: readonly string[] | undefined;
  /** Event types. */
  readonly types?: readonly string[] | undefined;
  readonly aggregateIds?: readonly string[] | undefined;
}

const NAMES = { eventStoreIds: true, types: true, aggregateIds: true } satisfies OptionNames<Rights>;

/** @throws InvalidArgumentError for what `authorize` must not return: a right that is misspelt would be none. */
export const compileRights = (rights: unknown): Matcher => {
  checkOptions(rights, 'rights', NAMES);
  const { eventStoreIds, types, aggregateIds } = rights as Rights;
  const [isStore, isType, isAggregate] = [
    oneOf(eventStoreIds, 'rights.eventStoreIds'),
    oneOf(types, 'rights.types'),
    oneOf(aggregateIds, 'rights.aggregateIds'),
  ];
  return ({ eventStoreId, type, aggregateId }) => isStore(eventStoreId) && isType(type) && isAggregate(aggregateId);
};

const oneOf = (values: unknown, path: string): ((value: string) => boolean) => {
  if (values === undefined) return () => true;
  if (!Array.isArray(values) || !values.every(value => typeof value === 'string')) {
    return refuse(path, 'an array of strings', values);
  }
  const allowed = new Set<string>(values);
  return value => allowed.has(value);
};
