import type { KeyObject } from 'node:crypto';

import { fromStoredValue, packStoredValue, toStoredValue, unpackStoredValue } from '@castore-dynamodb/adapter';
import type { ValuePath } from '@castore-dynamodb/commons';

import { decrypt, encrypt } from './gcm.js';
import { KEY_ID_SIZE } from './subjectKeyItem.js';
import type { SubjectKey } from './subjectKeys.js';

/*
 * A value that is encrypted is stored as bytes: a mark, the id of its key, and what `encrypt` makes. Bytes of an event that
 * happen to begin with the mark get another one before them, so that whatever begins with it is known for what it is.
 */
const MARK = Buffer.of(0xca, 0x53, 0x7e);
const SEALED = 1;
const PLAIN = 0;
const MARK_SIZE = MARK.byteLength + 1;
const HEADER_SIZE = MARK_SIZE + KEY_ID_SIZE;

/** Where a value is: it can be decrypted nowhere else. */
export interface Place {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly path: ValuePath;
}

const bindingOf = (header: Uint8Array, { eventStoreId, aggregateId, version, path }: Place): Uint8Array =>
  Buffer.concat([header, Buffer.from(JSON.stringify([eventStoreId, aggregateId, version, path]))]);

export const sealValue = ({ keyId, key }: SubjectKey, value: unknown, place: Place): Uint8Array => {
  const header = Buffer.concat([MARK, Buffer.of(SEALED), Buffer.from(keyId, 'base64url')]);
  const plaintext = packStoredValue(toStoredValue(value, 'value'));
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

const isMarked = (bytes: Uint8Array): boolean => MARK.equals(bytes.subarray(0, MARK.byteLength));

/** Of bytes that are a sealed value. */
export const keyIdOfSealed = (bytes: Uint8Array): string | undefined =>
  isMarked(bytes) && bytes[MARK.byteLength] === SEALED
    ? Buffer.from(bytes.subarray(MARK_SIZE, HEADER_SIZE)).toString('base64url')
    : undefined;

/** Bytes of an event's own. */
export const escapeBytes = (bytes: Uint8Array): Uint8Array =>
  isMarked(bytes) ? new Uint8Array(Buffer.concat([MARK, Buffer.of(PLAIN), bytes])) : bytes;

/** Undoes it. Undefined if they are marked in a way that is not known here. */
export const unescapeBytes = (bytes: Uint8Array): Uint8Array | undefined => {
  if (!isMarked(bytes)) return bytes;
  return bytes[MARK.byteLength] === PLAIN ? new Uint8Array(bytes.subarray(MARK_SIZE)) : undefined;
};
