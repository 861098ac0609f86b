import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import { MAX_ITEM_SIZE } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_ENCODING_KEY as ENCODING_KEY,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_METADATA_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
  EVENT_TABLE_PUSH_ID_KEY as PUSH_ID_KEY,
  EVENT_TABLE_SCHEMA_VERSION_KEY as SCHEMA_VERSION_KEY,
} from '@castore-dynamodb/table';

import { type EventLocation, EventTooLargeError, UnreadableEventError, UnstorableValueError } from '../errors.js';
import type { Layout } from '../layout.js';
import { checkEventSize } from './checkEventSize.js';
import { decodeValue } from './decodeValue.js';
import { encodeValue, MAX_MEASURED_SIZE, type Refusals } from './encodeValue.js';
import { itemSize } from './itemSize.js';

export type Item = Record<string, AttributeValue>;

/** A page of items, as it goes to whoever decodes it. */
export interface ItemsPage {
  /** The JSON as it came, if nobody has looked at it; else what the SDK made of it. Undefined if the answer had none. */
  readonly Items: Buffer | Item[] | undefined;
  readonly Count: number;
  readonly LastEvaluatedKey: Item | undefined;
}

export {
  /** Names the transformations that changed the event, in order and comma-separated; absent if none did. */
  ENCODING_KEY,
  /** What `newPushId` made; absent from events that were forced. */
  PUSH_ID_KEY,
  /** The version of the shape in which the event was written; absent if it is the first. */
  SCHEMA_VERSION_KEY,
};

export interface EventItem {
  item: Item;
  /** The item's size in bytes, attribute names included. */
  size: number;
  /** The event as it is stored, and as every later read returns it. */
  event: EventDetail;
}

/**
 * @param maxSize The largest item, in bytes; whatever is larger is measured up to ten times what an item may have.
 * @throws UnstorableValueError, EventTooLargeError
 */
export const toEventItem = (
  layout: Layout,
  eventStoreId: string,
  event: EventDetail,
  pushId: Uint8Array | undefined,
  maxSize = MAX_ITEM_SIZE,
): EventItem => {
  const { aggregateId, version, type, timestamp, payload, metadata } = event;
  const location: EventLocation = { eventStoreId, aggregateId, version };
  const refusals: Refusals = {
    value: (path, reason) => {
      throw new UnstorableValueError(location, path, reason);
    },
    size: (_, atLeast) => {
      throw new EventTooLargeError(location, atLeast, maxSize);
    },
  };
  const { initialEventKey } = layout;
  const item: Item = {
    [EVENT_TABLE_PK]: { S: layout.partitionKey(eventStoreId, aggregateId) },
    [EVENT_TABLE_SK]: { N: String(version) },
    [EVENT_TABLE_EVENT_TYPE_KEY]: { S: type },
    [EVENT_TABLE_TIMESTAMP_KEY]: { S: timestamp },
  };
  if (version === 1) item[initialEventKey.name] = initialEventKey.ofAggregate(eventStoreId, aggregateId);
  if (pushId !== undefined) item[PUSH_ID_KEY] = { B: pushId };
  let size = itemSize(item);
  let normalised = false;
  for (const [name, value] of [
    [EVENT_TABLE_PAYLOAD_KEY, payload],
    [EVENT_TABLE_METADATA_KEY, metadata],
  ] as const) {
    if (value === undefined) continue;
    const encoded = encodeValue(value, name, refusals, Math.max(maxSize, MAX_MEASURED_SIZE));
    item[name] = encoded.attributeValue;
    size += name.length + encoded.bytes;
    normalised ||= encoded.normalised;
  }

  checkEventSize(location, size, maxSize);

  if (normalised) return { item, size, event: fromEventItem(layout, eventStoreId, item, true) };
  const stored: EventDetail = { aggregateId, version, type, timestamp };
  if (payload !== undefined) stored.payload = payload;
  if (metadata !== undefined) stored.metadata = metadata;
  return { item, size, event: stored };
};

/**
 * Whether an item lies where events do. Sort keys below 1 and between whole numbers are not of events: snapshots lie
 * at halves, also in the partition of an aggregate that happens to be named like theirs.
 */
export const isAtVersion = (item: Item): boolean => {
  const version = Number(item[EVENT_TABLE_SK]?.N);
  return version >= 1 && Number.isInteger(version);
};

const DECODED_ATTRIBUTES = [
  EVENT_TABLE_SK,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_TIMESTAMP_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_METADATA_KEY,
];

/**
 * Reads an event from an item, whoever wrote it: what the item lacks, the event lacks.
 *
 * @param isUndone whether the caller undoes what transformations did to it; else such an event is refused
 * @throws UnreadableEventError
 */
export const fromEventItem = (layout: Layout, eventStoreId: string, item: Item, isUndone = false): EventDetail => {
  const aggregateId = layout.aggregateId(eventStoreId, item[EVENT_TABLE_PK]?.S ?? '');
  const version = Number(item[EVENT_TABLE_SK]?.N);
  const refuse = (path: string, reason: string): never => {
    throw new UnreadableEventError(
      { eventStoreId, aggregateId, version },
      path,
      `${reason} Read the other events by minVersion and maxVersion.`,
    );
  };
  if (!isUndone) refuseTransformed(item, refuse);
  const event: Record<string, unknown> = { aggregateId };
  for (const name of DECODED_ATTRIBUTES) {
    const value = item[name];
    if (value !== undefined) event[name] = decodeValue(value, name, refuse);
  }
  if (typeof event.version === 'bigint') return refuse(EVENT_TABLE_SK, 'it is beyond ±(2^53 - 1).');
  return event as EventDetail;
};

const refuseTransformed = (item: Item, refuse: (path: string, reason: string) => never): void => {
  const { [ENCODING_KEY]: encoding, [SCHEMA_VERSION_KEY]: mark = encoding } = item;
  if (mark === undefined) return;
  refuse(ENCODING_KEY, `the adapter lacks the transformations that it was stored with: ${encoding?.S ?? 'evolution'}.`);
};

export const isItemOfPush = (item: Item | undefined, pushId: Uint8Array | undefined): boolean => {
  const stored = item?.[PUSH_ID_KEY]?.B;
  return stored !== undefined && pushId !== undefined && Buffer.compare(stored, pushId) === 0;
};
