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
  const id = repeatedIn(eventStores.map(({ eventStoreId }) => eventStoreId));
  if (id !== undefined) {
    throw new InvalidArgumentError('eventStores', `two event stores have the id ${JSON.stringify(id)}.`);
  }
};

/** What a list has twice, or undefined. */
export const repeatedIn = (texts: readonly string[]): string | undefined =>
  texts.find((text, index) => texts.indexOf(text) < index);

export const checkHandlers = (handlers: unknown, argument: string): void => {
  if (!isObject(handlers)) return refuse(argument, 'an object of handlers by event type', handlers);
  for (const [type, handler] of Object.entries(handlers)) {
    if (handler === undefined || typeof handler === 'function') continue;
    refuse(argument, `a function for ${JSON.stringify(type)}`, handler);
  }
};

export const checkCheckpoints = (checkpoints: unknown): void => {
  const store = (checkpoints ?? {}) as Record<string, unknown>;
  const isStore = ['read', 'write', 'remove', 'list'].every(method => typeof store[method] === 'function');
  if (!isStore) refuse('checkpoints', 'a CheckpointStore, such as a DynamoDbCheckpointStore', checkpoints);
};

export const checkSavePositionAfter = (value: unknown): void => {
  if (value !== undefined) checkOneOf(value, 'savePositionAfter', ['event', 'batch']);
};
