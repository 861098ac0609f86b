import type { EventDetail } from '@castore/core';

import { ItemUnwrapper } from '../codec/itemUnwrapper.js';

/**
 * Reads events straight from the JSON of a Query response: no AttributeValue is built on the way.
 *
 * Undefined if anything is not as DynamoDB is known to write it (white space, a new type, a number that JavaScript
 * cannot hold, an event without its type, an item between two versions, an event that was stored in another form, or
 * changed since): the plain way then reads the same bytes, and raises the error if there is one.
 */
export const decodeEventsFast = (
  json: Buffer,
  toAggregateId: (partitionKey: string) => string,
): EventDetail[] | undefined => {
  try {
    const events: EventDetail[] = [];
    const unwrapper = new ItemUnwrapper(json);
    for (const items of unwrapper.parts()) {
      for (const item of items) {
        const event = toEvent(item, unwrapper, toAggregateId);
        if (event === undefined) return undefined;
        events.push(event);
      }
    }
    return events;
  } catch {
    return undefined;
  }
};

const toEvent = (
  item: Record<string, unknown>,
  unwrapper: ItemUnwrapper,
  toAggregateId: (partitionKey: string) => string,
): EventDetail | undefined => {
  const { encoding, schemaVersion, redactions } = item;
  if (encoding !== undefined || schemaVersion !== undefined || redactions !== undefined) return undefined;
  const aggregateId = unwrapper.valueOf(item.aggregateId);
  const version = unwrapper.valueOf(item.version);
  const type = unwrapper.valueOf(item.type);
  const timestamp = unwrapper.valueOf(item.timestamp);
  if (typeof aggregateId !== 'string' || !Number.isInteger(version)) return undefined;
  if (typeof type !== 'string' || typeof timestamp !== 'string') return undefined;

  const event: EventDetail = { aggregateId: toAggregateId(aggregateId), version: version as number, type, timestamp };
  if (item.payload !== undefined) event.payload = unwrapper.valueOf(item.payload);
  if (item.metadata !== undefined) event.metadata = unwrapper.valueOf(item.metadata);
  return event;
};
