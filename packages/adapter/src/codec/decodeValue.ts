import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { formatPath, type Refuse, setMember } from '@castore-dynamodb/commons';

import { decodeBase64 } from './base64.js';
import { parseStoredNumber } from './decimal.js';

/** What is known at a step of the walk over a value. */
interface Walk {
  readonly refuse: Refuse;
  /** Attribute, member and element names, from the outside in. It grows and shrinks, so that only an error copies it. */
  readonly path: (string | number)[];
}

/**
 * Turns a DynamoDB value into the JavaScript value that `encodeValue` makes it from. `refuse` is called for a stored value
 * that JavaScript cannot hold, or that is none.
 */
export const decodeValue = (attributeValue: AttributeValue, attributeName: string, refuse: Refuse): unknown => {
  try {
    return decode({ refuse, path: [attributeName] }, attributeValue);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Such as null in place of a value: something in between has rewritten the record of a stream.
    return refuse(attributeName, 'it does not have the form in which DynamoDB hands out values.');
  }
};

const refuse = (walk: Walk, reason: string): never => walk.refuse(formatPath(walk.path), reason);

const decode = (walk: Walk, value: AttributeValue | undefined): unknown => {
  if (value === undefined) return refuse(walk, LOST);
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return decodeNumber(walk, value.N);
  if (value.M !== undefined) return decodeMap(walk, value.M);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.L !== undefined) return value.L.map((element, index) => decodeMember(walk, index, element));
  if (value.B !== undefined) return decodeBytes(walk, value.B);
  if (value.SS !== undefined) return new Set(value.SS);
  if (value.NS !== undefined) return new Set(value.NS.map(number => decodeNumber(walk, number)));
  if (value.BS !== undefined) return new Set(value.BS.map(bytes => decodeBytes(walk, bytes)));
  return refuse(walk, `its type (${Object.keys(value).join()}) is unknown.`);
};

const decodeMember = (walk: Walk, step: string | number, value: AttributeValue | undefined): unknown => {
  walk.path.push(step);
  const member = decode(walk, value);
  walk.path.pop();
  return member;
};

const decodeMap = (walk: Walk, members: Record<string, AttributeValue>): Record<string, unknown> => {
  if (hasLostMember(members)) return decodeMember(walk, '__proto__', undefined) as never;
  const object: Record<string, unknown> = {};
  for (const key of Object.keys(members)) setMember(object, key, decodeMember(walk, key, members[key]));
  return object;
};

const decodeNumber = (walk: Walk, text: string): number | bigint =>
  parseStoredNumber(text) ?? refuse(walk, 'JavaScript has no number that is exactly equal to the stored one.');

/**
 * A Buffer, which some versions of the SDK hand out, is not what was pushed; what Lambda hands out, as the wire has it, is
 * base64. Bytes that went through JSON (`{"0":1,"1":2}`) are refused: nothing says what they were.
 */
const decodeBytes = (walk: Walk, bytes: Uint8Array | string): Uint8Array => {
  if (typeof bytes === 'string') return decodeBase64(Buffer.from(bytes)) ?? refuse(walk, 'its bytes are not base64.');
  if (!ArrayBuffer.isView(bytes)) return refuse(walk, 'its bytes are neither a Uint8Array nor base64.');
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** The SDK loses members named `__proto__` as it reads a response: their value, or the member, which is then the prototype. */
const LOST = 'the version of the AWS SDK that read it from DynamoDB lost its value: read the event with getEvents.';

const hasLostMember = (members: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(members);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
};

/** Whether a member was lost anywhere in an item. */
export const hasLostMembers = (members: Record<string, AttributeValue>): boolean =>
  hasLostMember(members) || Object.values(members).some(isMemberLostWithin);

const isMemberLostWithin = (value: AttributeValue | undefined): boolean =>
  (value?.M !== undefined && hasLostMembers(value.M)) || (value?.L?.some(isMemberLostWithin) ?? false);
