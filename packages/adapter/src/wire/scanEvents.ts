import type { EventDetail } from '@castore/core';

import { ItemScanner, UNEXPECTED } from './itemScanner.js';

/**
 * Reads events straight from the JSON of a Query response: no AttributeValue is built on the way.
 *
 * Undefined where anything is not as DynamoDB is known to write it (white space, a new type, a number that JavaScript
 * cannot hold, an event without its type): the plain way then reads the same bytes, and raises the error if there is one.
 */
export const scanEvents = (
  items: Buffer,
  toAggregateId: (partitionKey: string) => string,
): EventDetail[] | undefined => {
  try {
    return new ItemScanner(items).scanItems().map(item => toEvent(item, toAggregateId));
  } catch (error) {
    if (error === UNEXPECTED) return undefined;
    throw error;
  }
};

const toEvent = (item: Record<string, unknown>, toAggregateId: (partitionKey: string) => string): EventDetail => {
  const { aggregateId, version, type, timestamp, payload, metadata } = item;
  if (
    typeof aggregateId !== 'string' ||
    typeof version !== 'number' ||
    typeof type !== 'string' ||
    typeof timestamp !== 'string'
  ) {
    throw UNEXPECTED;
  }
  const event: EventDetail = { aggregateId: toAggregateId(aggregateId), version, type, timestamp };
  if (payload !== undefined) event.payload = payload;
  if (metadata !== undefined) event.metadata = metadata;
  return event;
};
