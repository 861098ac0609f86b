import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';

import { EVENT_STORE_ID } from './events.js';

type Item = Record<string, AttributeValue>;

const toAttributeValue = (value: unknown): AttributeValue => {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: Buffer.from(value) };
  if (Array.isArray(value)) return { L: value.map(toAttributeValue) };
  return {
    M: Object.fromEntries(Object.entries(value as object).map(([key, member]) => [key, toAttributeValue(member)])),
  };
};

/** An event as both adapters store it in layout `single-table`. */
export const toItem = ({ aggregateId, version, timestamp, ...event }: EventDetail): Item => ({
  aggregateId: { S: `${EVENT_STORE_ID}#${aggregateId}` },
  version: { N: String(version) },
  type: { S: event.type },
  timestamp: { S: timestamp },
  payload: toAttributeValue(event.payload),
  metadata: toAttributeValue(event.metadata),
  ...(version === 1 ? { eventStoreId: { S: EVENT_STORE_ID } } : {}),
});

/** What our adapter stores in addition. */
export const pushIdOf = (version: number): AttributeValue => ({
  B: Buffer.from(String(version).padStart(9, '0').slice(-9)),
});
