import type { EventStore } from '@castore/core';
import { InvalidArgumentError } from '@castore-dynamodb/adapter';

const MAX_NAME_LENGTH = 100;

/** A name that is part of keys: without `#`, which ends it there. */
export const checkName = (name: unknown, argument = 'name'): void => {
  if (typeof name === 'string' && name !== '' && name.length <= MAX_NAME_LENGTH && /^[^#]*$/.test(name)) return;
  throw new InvalidArgumentError(argument, `expected a string of 1 to ${MAX_NAME_LENGTH} characters without "#".`);
};

export const checkSources = (eventStores: readonly EventStore[], argument = 'eventStores'): void => {
  if (!Array.isArray(eventStores) || eventStores.length === 0) {
    throw new InvalidArgumentError(argument, 'expected an array of one event store or more.');
  }
  const ids = new Set(eventStores.map(({ eventStoreId }) => eventStoreId));
  if (ids.size < eventStores.length) throw new InvalidArgumentError(argument, 'two event stores have the same id.');
};

export const checkHandlers = (handlers: unknown, argument: string): void => {
  const isHandlers =
    typeof handlers === 'object' &&
    handlers !== null &&
    !Array.isArray(handlers) &&
    Object.values(handlers).every(handler => handler === undefined || typeof handler === 'function');
  if (!isHandlers) {
    throw new InvalidArgumentError(argument, 'expected an object of handlers by event type.');
  }
};

export const checkCheckpoints = (checkpoints: unknown): void => {
  const store = (checkpoints ?? {}) as Record<string, unknown>;
  if (['read', 'write', 'remove', 'list'].every(method => typeof store[method] === 'function')) return;
  throw new InvalidArgumentError('checkpoints', 'expected a CheckpointStore, such as a DynamoDbCheckpointStore.');
};
