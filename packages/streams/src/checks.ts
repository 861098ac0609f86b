// Checks of arguments that several functions have. All throw InvalidArgumentError.
import type { EventStore } from '@castore/core';
import { InvalidArgumentError } from '@castore-dynamodb/adapter';
import { checkList, checkOneOf, isObject, refuse } from '@castore-dynamodb/commons';

const MAX_NAME_LENGTH = 100;

/** A name that is part of keys: without `#`, which ends it there. */
export const checkName = (name: unknown): void => {
  const isName = typeof name === 'string' && /^[^#]+$/.test(name) && name.length <= MAX_NAME_LENGTH;
  if (!isName || !name.isWellFormed()) {
    refuse('name', `a string of 1 to ${MAX_NAME_LENGTH} characters without "#"`, name);
  }
};

/** One event store or more. */
export const checkEventStores = (eventStores: readonly EventStore[]): void => {
  checkList(eventStores, 'eventStores', 'event store');
  for (const eventStore of eventStores as readonly unknown[]) {
    if (!isObject(eventStore) || !('eventStoreId' in eventStore)) refuse('eventStores', 'event stores', eventStore);
  }
  const ids = new Set(eventStores.map(({ eventStoreId }) => eventStoreId));
  if (ids.size < eventStores.length) {
    throw new InvalidArgumentError('eventStores', 'two event stores have the same id.');
  }
};

export const checkHandlers = (handlers: unknown, argument: string): void => {
  const isHandlers =
    isObject(handlers) &&
    Object.values(handlers).every(handler => handler === undefined || typeof handler === 'function');
  if (!isHandlers) refuse(argument, 'an object of handlers by event type', handlers);
};

export const checkCheckpoints = (checkpoints: unknown): void => {
  const store = (checkpoints ?? {}) as Record<string, unknown>;
  const isStore = ['read', 'write', 'remove', 'list'].every(method => typeof store[method] === 'function');
  if (!isStore) refuse('checkpoints', 'a CheckpointStore, such as a DynamoDbCheckpointStore', checkpoints);
};

export const checkSavePositionAfter = (value: unknown): void => {
  if (value !== undefined) checkOneOf(value, 'savePositionAfter', ['event', 'batch']);
};
