import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { checkObject, checkString, type Refuse, refuse as refuseArgument } from '@castore-dynamodb/commons';

import { InexactValueError } from '../errors.js';
import { decodeValue } from './decodeValue.js';
import { encodeValue, MAX_MEASURED_SIZE } from './encodeValue.js';
import { reviveBytes, stringifyJson } from './itemJson.js';

const refuse: Refuse = (path, reason) => {
  throw new InexactValueError(path, reason);
};

const REFUSALS = { value: refuse, size: (path: string) => refuse(path, 'it is too large.') };

/**
 * A value as the adapters store it in an event; for what lies beside events and must come back as it was.
 *
 * @param name What errors call the value.
 * @param maxSize In bytes, as DynamoDB counts them: a larger value is refused. By default 4 MiB.
 * @throws InexactValueError if DynamoDB could not give it back as it is.
 *
 * @example
 * const storedValue = toStoredValue({ level: 5, moves: new Set(['surf']) }, 'state');
 * const value = fromStoredValue(storedValue, 'state'); // { level: 5, moves: Set { 'surf' } }
 */
export const toStoredValue = (value: unknown, name: string, maxSize = MAX_MEASURED_SIZE): AttributeValue => {
  checkString(name, 'name');
  if (typeof maxSize !== 'number' || !(maxSize > 0)) refuseArgument('maxSize', 'a number above 0', maxSize);
  return encodeValue(value, name, REFUSALS, maxSize).attributeValue;
};

/**
 * The value that `toStoredValue` made it from.
 *
 * @param name What errors call the value.
 * @throws InexactValueError if somebody else stored a value that JavaScript cannot hold.
 */
export const fromStoredValue = (storedValue: AttributeValue, name: string): unknown => {
  checkObject(storedValue, 'storedValue');
  checkString(name, 'name');
  return decodeValue(storedValue, name, refuse);
};

/**
 * A stored value as bytes, for whoever compresses or encrypts it: DynamoDB's JSON in UTF-8, with bytes in base64.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const bytes = packStoredValue(toStoredValue({ level: 5 }, 'state'));
 * const value = fromStoredValue(unpackStoredValue(bytes), 'state'); // { level: 5 }
 */
export const packStoredValue = (storedValue: AttributeValue): Uint8Array => {
  checkObject(storedValue, 'storedValue');
  return Buffer.from(stringifyJson(storedValue));
};

/**
 * The stored value that `packStoredValue` made the bytes from.
 *
 * @throws InexactValueError if they are something else. It shows nothing of them.
 */
export const unpackStoredValue = (bytes: Uint8Array): AttributeValue => {
  try {
    const storedValue = JSON.parse(Buffer.from(bytes).toString()) as AttributeValue;
    reviveBytes(storedValue);
    return storedValue;
  } catch {
    throw new InexactValueError('bytes', 'packStoredValue did not make them.');
  }
};
