import { type KeyObject, randomBytes } from 'node:crypto';

import { fromStoredValue, packStoredValue, toStoredValue, unpackStoredValue } from '@castore-dynamodb/adapter';
import type { ValuePath } from '@castore-dynamodb/commons';

import { decrypt, ENCRYPTION_OVERHEAD, encrypt } from './gcm.js';
import { KEY_ID_SIZE } from './subjectKeyItem.js';
import type { SubjectKey } from './subjectKeys.js';

/*
 * A value that is encrypted is stored as bytes: a mark, the id of its key, and what `encrypt` makes. Bytes of the same event
 * that are not encrypted have another mark before them, so that all bytes are known for what they are. The marks differ in
 * every byte: none becomes the other one by a byte that is changed.
 */
const SEALED = Buffer.of(0xca, 0x53, 0x7e, 0x01);
const PLAIN = Buffer.of(0x35, 0xac, 0x81, 0xfe);
const MARK_SIZE = SEALED.byteLength;
const HEADER_SIZE = MARK_SIZE + KEY_ID_SIZE;
const SMALLEST_SIZE = HEADER_SIZE + ENCRYPTION_OVERHEAD;

/** Where a value is: it can be decrypted nowhere else. */
export interface Place {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly path: ValuePath;
}

const bindingOf = (header: Uint8Array, { eventStoreId, aggregateId, version, path }: Place): Uint8Array =>
  Buffer.concat([header, Buffer.from(JSON.stringify([eventStoreId, aggregateId, version, path]))]);

/** The adapter has measured it. */
const toBytes = (value: unknown): Uint8Array =>
  packStoredValue(toStoredValue(value, 'value', Number.POSITIVE_INFINITY));

export const sealValue = ({ keyId, key }: SubjectKey, value: unknown, place: Place): Uint8Array => {
  const header = Buffer.concat([SEALED, Buffer.from(keyId, 'base64url')]);
  const plaintext = toBytes(value);
  return new Uint8Array(Buffer.concat([header, encrypt(key, plaintext, bindingOf(header, place))]));
};

/** Undefined if it was encrypted for another place, or changed since. */
export const openValue = (
  key: KeyObject,
  sealed: Uint8Array,
  place: Place,
): { readonly value: unknown } | undefined => {
  const header = sealed.subarray(0, HEADER_SIZE);
  const plaintext = decrypt(key, sealed.subarray(HEADER_SIZE), bindingOf(header, place));
  return plaintext && { value: fromStoredValue(unpackStoredValue(plaintext), 'value') };
};

/** Bytes as they are stored in an event that has encrypted values. */
export type MarkedBytes =
  | { readonly kind: 'sealed'; readonly keyId: string }
  | { readonly kind: 'plain'; readonly bytes: Uint8Array };

/** Undefined if they are not as `sealValue` or `markPlain` makes them. */
export const readMarked = (bytes: Uint8Array): MarkedBytes | undefined => {
  const mark = bytes.subarray(0, MARK_SIZE);
  if (PLAIN.equals(mark)) return { kind: 'plain', bytes: new Uint8Array(bytes.subarray(MARK_SIZE)) };
  if (!SEALED.equals(mark) || bytes.byteLength < SMALLEST_SIZE) return undefined;
  return { kind: 'sealed', keyId: Buffer.from(bytes.subarray(MARK_SIZE, HEADER_SIZE)).toString('base64url') };
};

/** Bytes of an event's own. */
export const markPlain = (bytes: Uint8Array): Uint8Array => new Uint8Array(Buffer.concat([PLAIN, bytes]));

/** As many bytes as `sealValue` makes of a value; they say nothing. */
export const blankFor = (value: unknown): Uint8Array =>
  new Uint8Array(randomBytes(SMALLEST_SIZE + toBytes(value).byteLength));
