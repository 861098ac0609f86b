import type { Put } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import { EVENT_TABLE_PK, EVENT_TABLE_SK } from '@castore-dynamodb/table';

import { fromEventItem, type Item, toEventItem } from '../codec/eventItem.js';
import { DynamoDbEventAlreadyExistsError, type EventLocation } from '../errors.js';
import type { EventStorage } from '../eventStorage.js';
import { hideRefusedItems } from './refusals.js';

/** An event that was checked and encoded, ready to be sent. */
export interface PreparedEvent {
  readonly storage: EventStorage;
  readonly location: EventLocation;
  /** The event as it will be stored. */
  readonly event: EventDetail;
  /** The item's size in bytes. */
  readonly size: number;
  /** The body of a PutItem request, and likewise of a transaction's `Put`. */
  readonly put: Put & { TableName: string; Item: Item };
}

/** The condition that there is no such event; the one that is there comes back with the refusal, at no cost. */
export const IS_NO_EVENT = {
  ConditionExpression: 'attribute_not_exists(#version)',
  ExpressionAttributeNames: { '#version': EVENT_TABLE_SK },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
} as const;

/**
 * Without transformations, an event is encoded before this returns: what its owner does to it afterwards has no effect.
 *
 * @param pushId undefined if the event may overwrite another one
 * @throws UnstorableValueError, EventTooLargeError, and what the transformations throw
 */
export const prepareEvent = async (
  storage: EventStorage,
  eventStoreId: string,
  event: EventDetail,
  pushId: Uint8Array | undefined,
): Promise<PreparedEvent> => {
  const { layout, transformer } = storage;
  const encoded = transformer
    ? await transformer.encode(layout, eventStoreId, event, pushId)
    : toEventItem(layout, eventStoreId, event, pushId);
  const TableName = storage.tableName();
  const Item = encoded.item;
  return {
    storage,
    location: { eventStoreId, aggregateId: event.aggregateId, version: event.version },
    event: encoded.event,
    size: encoded.size,
    put: pushId === undefined ? { TableName, Item } : { TableName, Item, ...IS_NO_EVENT },
  };
};

/** Tells items apart, across tables: the event's own, or the one that another version of its aggregate has. */
export const itemKey = ({ location, put }: PreparedEvent, version = location.version): string =>
  JSON.stringify([put.TableName, put.Item[EVENT_TABLE_PK]?.S, version]);

/** The error for a push that lost against `winner`, the item that was found in its place, or after a checked aggregate. */
export const conflictWith = async (
  { location, storage: { layout, transformer } }: Pick<PreparedEvent, 'location' | 'storage'>,
  winner: Item | undefined,
  cause: unknown,
): Promise<DynamoDbEventAlreadyExistsError> => {
  hideRefusedItems(cause);
  if (winner === undefined) return new DynamoDbEventAlreadyExistsError(location, undefined, { cause });
  try {
    const inItem = [layout, location.eventStoreId, winner] as const;
    const event = transformer ? await transformer.decode(...inItem) : fromEventItem(...inItem);
    return new DynamoDbEventAlreadyExistsError(location, event, { cause });
  } catch (error) {
    return new DynamoDbEventAlreadyExistsError(location, undefined, { cause: error });
  }
};
