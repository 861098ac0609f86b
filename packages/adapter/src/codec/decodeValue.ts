import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import { parseStoredNumber } from './decimal.js';
import { setMember } from './encodeValue.js';
import type { Path } from './path.js';

/** Thrown for a stored value that JavaScript cannot hold; callers turn it into an error that names the event. */
export class NotReadable {
  constructor(
    readonly path: Path,
    readonly reason: string,
  ) {}
}

/** Turns a DynamoDB value into the JavaScript value that `encodeValue` makes it from. */
export const decodeValue = (attributeValue: AttributeValue, attributeName: string): unknown =>
  decode(attributeValue, [attributeName]);

/** `path` grows and shrinks with the walk, so that only an error costs a copy of it. */
const decode = (attributeValue: AttributeValue | undefined, path: (string | number)[]): unknown => {
  if (attributeValue === undefined) throw new NotReadable([...path], LOST);
  if (attributeValue.S !== undefined) return attributeValue.S;
  if (attributeValue.N !== undefined) return decodeNumber(attributeValue.N, path);
  if (attributeValue.BOOL !== undefined) return attributeValue.BOOL;
  if (attributeValue.NULL !== undefined) return null;
  if (attributeValue.M !== undefined) return decodeMap(attributeValue.M, path);
  if (attributeValue.L !== undefined) return decodeList(attributeValue.L, path);
  if (attributeValue.B !== undefined) return decodeBinary(attributeValue.B);
  if (attributeValue.SS !== undefined) return new Set(attributeValue.SS);
  if (attributeValue.NS !== undefined) return new Set(attributeValue.NS.map(number => decodeNumber(number, path)));
  if (attributeValue.BS !== undefined) return new Set(attributeValue.BS.map(decodeBinary));
  throw new NotReadable([...path], `it is of a type that is not known here (${Object.keys(attributeValue).join()}).`);
};

/** The SDK loses members named `__proto__` as it reads a response: their value, or the member, which is then the prototype. */
const LOST = 'the version of the AWS SDK that read it from DynamoDB lost its value: read the event with getEvents.';

const hasLostMember = (members: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(members);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
};

const decodeMap = (members: Record<string, AttributeValue>, path: (string | number)[]): Record<string, unknown> => {
  if (hasLostMember(members)) throw new NotReadable([...path, '__proto__'], LOST);
  const object: Record<string, unknown> = {};
  for (const key of Object.keys(members)) {
    path.push(key);
    setMember(object, key, decode(members[key], path));
    path.pop();
  }
  return object;
};

const decodeList = (elements: AttributeValue[], path: (string | number)[]): unknown[] =>
  elements.map((element, index) => {
    path.push(index);
    const value = decode(element, path);
    path.pop();
    return value;
  });

const decodeNumber = (text: string, path: Path): number | bigint => {
  const value = parseStoredNumber(text);
  if (value === undefined) {
    throw new NotReadable([...path], 'JavaScript has no number that is exactly equal to the stored one.');
  }
  return value;
};

/** A Buffer, which some versions of the SDK hand out, is not what was pushed; what Lambda hands out is base64. */
const decodeBinary = (bytes: Uint8Array | string): Uint8Array => {
  if (typeof bytes === 'string') return new Uint8Array(Buffer.from(bytes, 'base64'));
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};
