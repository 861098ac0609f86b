import type { EventDetail, EventStorageAdapter, EventStoreContext, OptionalTimestamp } from '@castore/core';
import { checkOptions, type OptionNames } from '@castore-dynamodb/commons';

import { checkEventStoreId } from '../checks.js';
import { findEventStorage } from '../eventStorage.js';
import { checkEvent } from './checkEvent.js';
import { prepareEvent } from './prepareEvent.js';
import { newPushId } from './pushId.js';

const OPTIONS = { eventStoreId: true } satisfies OptionNames<EventStoreContext>;

/**
 * Does all that `pushEvent` does without a request: for whoever shows an event before it is pushed. What transformations
 * would refuse when they encrypt it, or write it elsewhere, is not known yet.
 *
 * @example
 * const event = { aggregateId: 'pikachu1', version: 2, type: 'POKEMON_LEVELED_UP', payload: { by: 1 } };
 * const stored = await previewPush(pokemonsEventStore.getEventStorageAdapter(), event, { eventStoreId: 'POKEMONS' });
 *
 * @returns the event as reads would return it; undefined if the adapter is not of this package, or of an older copy that
 * cannot tell.
 * @throws InvalidArgumentError, UnstorableValueError, EventTooLargeError, and what an evolution throws
 */
export const previewPush = async (
  adapter: EventStorageAdapter | undefined,
  event: OptionalTimestamp<EventDetail>,
  options: EventStoreContext,
): Promise<EventDetail | undefined> => {
  checkOptions(options, 'options', OPTIONS);
  const { eventStoreId } = options;
  const storage = findEventStorage(adapter);
  if (storage === undefined) return undefined;
  const { layout, transformer } = storage;
  checkEventStoreId(layout, eventStoreId, 'options.eventStoreId');
  const given = checkEvent(layout, eventStoreId, event, 'event');
  const timed = { ...given, timestamp: given.timestamp ?? new Date().toISOString() };
  if (transformer !== undefined) return transformer.preview?.(layout, eventStoreId, timed, newPushId());
  return (await prepareEvent(storage, eventStoreId, timed, newPushId())).event;
};
