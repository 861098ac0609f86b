import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import {
  type EventContent,
  fromStoredValue,
  itemSize,
  packStoredValue,
  toStoredValue,
  unpackStoredValue,
} from '@castore-dynamodb/adapter';
import { decompress, decompressSync, isObject, memberOf } from '@castore-dynamodb/commons';

/** Payload and metadata as text: DynamoDB's JSON of both, so that everything comes back that an item would give back. */
export const toText = ({ payload, metadata }: EventContent): { text: Uint8Array; size: number } => {
  const item: Record<string, AttributeValue> = {};
  // The adapter has measured them.
  if (payload !== undefined) item['payload'] = toStoredValue(payload, 'payload', Number.POSITIVE_INFINITY);
  if (metadata !== undefined) item['metadata'] = toStoredValue(metadata, 'metadata', Number.POSITIVE_INFINITY);
  return { text: packStoredValue({ M: item }), size: itemSize(item) };
};

/** @throws if it is something else. */
const fromText = (text: Uint8Array): EventContent => {
  const { M: item } = unpackStoredValue(text);
  if (item === undefined) throw new TypeError('It is not an item.');
  const content: EventContent = {};
  for (const name of ['payload', 'metadata'] as const) {
    if (item[name] !== undefined) content[name] = fromStoredValue(item[name], name);
  }
  return content;
};

/** What an item has in place of an event's payload. */
export interface Stored {
  /** How long the text is, in bytes. */
  readonly size: number;
  /** Left out if the text is stored as it is. */
  readonly compression?: 'brotli';
}
export interface StoredInItem extends Stored {
  readonly bytes: Uint8Array;
}
export interface StoredInObject extends Stored {
  /** The object's key in the bucket. */
  readonly object: string;
}

/** What stands in an item, if `largeEvents` has written it. */
export const readStored = ({ payload }: EventDetail): StoredInItem | StoredInObject | undefined => {
  const [size, compression] = [memberOf(payload, 'size'), memberOf(payload, 'compression')];
  const [bytes, object] = [memberOf(payload, 'bytes'), memberOf(payload, 'object')];
  const isStored =
    isObject(payload) &&
    Number.isSafeInteger(size) &&
    (compression === undefined || compression === 'brotli') &&
    (ArrayBuffer.isView(bytes) || typeof object === 'string');
  return isStored ? (payload as unknown as StoredInItem | StoredInObject) : undefined;
};

/** @throws if the bytes are none that were stored so. */
export const readBytes = async ({ size, compression }: Stored, bytes: Uint8Array): Promise<EventContent> =>
  fromBytes(compression === undefined ? bytes : await decompress(bytes, size), size);

/** The same at once. @throws if the bytes are none that were stored so. */
export const readBytesSync = ({ size, compression, bytes }: StoredInItem): EventContent =>
  fromBytes(compression === undefined ? bytes : decompressSync(bytes, size), size);

const fromBytes = (text: Uint8Array, size: number): EventContent => {
  if (text.byteLength !== size) throw new TypeError('Its length does not match.');
  return fromText(text);
};
