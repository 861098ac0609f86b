import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import {
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_METADATA_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import { numberSize } from '../codec/decimal.js';
import { decodeValue, NotReadable } from '../codec/decodeValue.js';
import { encodeValue, NotStorable } from '../codec/encodeValue.js';
import { formatPath } from '../codec/path.js';
import { type EventLocation, EventTooLargeError, UnreadableEventError, UnstorableValueError } from '../errors/index.js';
import type { Layout } from '../layouts/layout.js';

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (items). */
const MAX_ITEM_SIZE = 400 * 1024;

export type Item = Record<string, AttributeValue>;

/**
 * Tells one push from every other one of an equal event, so that a push can recognise its own event
 * when the answer to it was lost and the repeated request finds the place taken.
 */
const PUSH_ID_KEY = 'pushId';

export interface EventItem {
  item: Item;
  /** The item's size in bytes, attribute names included. */
  size: number;
  /** Whether a member named `__proto__` is in it, which most versions of the SDK leave out of a request. */
  hasProtoMember: boolean;
  /** The event as it is stored, and as every later read returns it. */
  event: EventDetail;
}

/** @throws UnstorableValueError, EventTooLargeError */
export const toEventItem = (
  layout: Layout,
  eventStoreId: string,
  event: EventDetail,
  pushId: Uint8Array | undefined,
): EventItem => {
  const { aggregateId, version, type, timestamp, payload, metadata } = event;
  const location: EventLocation = { eventStoreId, aggregateId, version };
  const item: Item = {};
  let size = 0;
  let normalised = false;
  let hasProtoMember = false;

  const add = (name: string, value: AttributeValue, valueSize: number): void => {
    item[name] = value;
    size += name.length + valueSize;
  };
  const addString = (name: string, value: string): void => add(name, { S: value }, Buffer.byteLength(value));
  const addDocument = (name: string, value: unknown): void => {
    if (value === undefined) return;
    const encoded = encodeOrRefuse(location, name, value);
    normalised ||= encoded.normalised;
    hasProtoMember ||= encoded.hasProtoMember;
    add(name, encoded.attributeValue, encoded.size);
  };

  addString(EVENT_TABLE_PK, layout.partitionKey(eventStoreId, aggregateId));
  add(EVENT_TABLE_SK, { N: String(version) }, numberSize(String(version)));
  addString(EVENT_TABLE_EVENT_TYPE_KEY, type);
  addString(EVENT_TABLE_TIMESTAMP_KEY, timestamp);
  addDocument(EVENT_TABLE_PAYLOAD_KEY, payload);
  addDocument(EVENT_TABLE_METADATA_KEY, metadata);
  if (version === 1) {
    const value = layout.initialEventKey.ofAggregate(eventStoreId, aggregateId);
    add(
      layout.initialEventKey.name,
      value,
      value.S === undefined ? numberSize(value.N as string) : Buffer.byteLength(value.S),
    );
  }
  if (pushId !== undefined) add(PUSH_ID_KEY, { B: pushId }, pushId.byteLength);

  if (size > MAX_ITEM_SIZE) throw new EventTooLargeError(location, size, MAX_ITEM_SIZE);

  const stored = normalised
    ? fromEventItem(layout, eventStoreId, item)
    : {
        aggregateId,
        version,
        type,
        timestamp,
        ...(payload === undefined ? {} : { payload }),
        ...(metadata === undefined ? {} : { metadata }),
      };
  return { item, size, hasProtoMember, event: stored };
};

const encodeOrRefuse = (location: EventLocation, attributeName: string, value: unknown) => {
  try {
    return encodeValue(value, attributeName);
  } catch (error) {
    if (!(error instanceof NotStorable)) throw error;
    if (error.size !== undefined) throw new EventTooLargeError(location, error.size, MAX_ITEM_SIZE);
    throw new UnstorableValueError(location, formatPath(error.path), error.reason);
  }
};

/**
 * Reads an event from an item, whoever wrote it: what the item lacks, the event lacks.
 *
 * @throws UnreadableEventError
 */
export const fromEventItem = (layout: Layout, eventStoreId: string, item: Item): EventDetail => {
  const aggregateId = layout.aggregateId(eventStoreId, item[EVENT_TABLE_PK]?.S ?? '');
  const version = Number(item[EVENT_TABLE_SK]?.N);
  const event: Record<string, unknown> = { aggregateId };
  try {
    for (const name of DECODED_ATTRIBUTES) {
      const value = item[name];
      if (value !== undefined) event[name] = decodeValue(value, name);
    }
    if (typeof event.version === 'bigint') throw new NotReadable([EVENT_TABLE_SK], 'it lies beyond ±(2^53 - 1).');
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
    throw new UnreadableEventError(
      { eventStoreId, aggregateId, version },
      formatPath(error.path),
      `${error.reason} Read the other events by minVersion and maxVersion.`,
    );
  }
  return event as EventDetail;
};

const DECODED_ATTRIBUTES = [
  EVENT_TABLE_SK,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_TIMESTAMP_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_METADATA_KEY,
];

export const isItemOfPush = (item: Item | undefined, pushId: Uint8Array): boolean => {
  const stored = item?.[PUSH_ID_KEY]?.B;
  return stored !== undefined && Buffer.compare(stored, pushId) === 0;
};
