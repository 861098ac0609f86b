import type { EventDetail } from '@castore/core';

import { ItemScanner } from '../codec/itemScanner.js';

/**
 * Reads events straight from the JSON of a Query response: no AttributeValue is built on the way.
 *
 * Undefined if anything is not as DynamoDB is known to write it (white space, a new type, a number that JavaScript
 * cannot hold, an event without its type, an item between two versions,
 * an event that was stored in another form, or changed since): the plain way then reads the same bytes, and raises the error if there is one.
 */
export const scanEvents = (
  items: Buffer,
  toAggregateId: (partitionKey: string) => string,
): EventDetail[] | undefined => {
  try {
    const events: EventDetail[] = [];
    for (const item of new ItemScanner(items).scanItems()) {
      const event = toEvent(item, toAggregateId);
      if (event === undefined) return undefined;
      events.push(event);
    }
    return events;
  } catch {
    return undefined;
  }
};

const toEvent = (
  {
    aggregateId,
    version,
    type,
    timestamp,
    payload,
    metadata,
    encoding,
    schemaVersion,
    redactions,
  }: Record<string, unknown>,
  toAggregateId: (partitionKey: string) => string,
): EventDetail | undefined => {
  if (typeof aggregateId !== 'string' || !Number.isInteger(version)) return undefined;
  if (encoding !== undefined || schemaVersion !== undefined || redactions !== undefined) return undefined;
  if (typeof type !== 'string' || typeof timestamp !== 'string') return undefined;

  const event: EventDetail = { aggregateId: toAggregateId(aggregateId), version: version as number, type, timestamp };
  if (payload !== undefined) event.payload = payload;
  if (metadata !== undefined) event.metadata = metadata;
  return event;
};
