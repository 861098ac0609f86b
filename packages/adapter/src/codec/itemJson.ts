import { types } from 'node:util';

import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import { decodeBase64 } from './base64.js';
import type { Item } from './eventItem.js';

/** Items as the SDK would hand them out: bytes are base64 in the response, and Uint8Arrays in an AttributeValue. */
export const parseItems = (items: Buffer): Item[] => {
  const parsed = JSON.parse(items.toString()) as Item[];
  for (const item of parsed) reviveMembers(item);
  return parsed;
};

/** Turns base64 into bytes, in place, wherever an AttributeValue is one of bytes. */
export const reviveMembers = (members: Record<string, AttributeValue>): void => {
  for (const key of Object.keys(members)) reviveBytes(members[key] as AttributeValue);
};

export const reviveBytes = (value: AttributeValue): void => {
  if (value.B !== undefined) value.B = reviveBase64(value.B as unknown as string);
  else if (value.BS !== undefined) value.BS = (value.BS as unknown as string[]).map(reviveBase64);
  else if (value.M !== undefined) reviveMembers(value.M);
  else if (value.L !== undefined) value.L.forEach(reviveBytes);
};

/** @throws TypeError if it is no base64, as the SDK does. */
const reviveBase64 = (text: string): Uint8Array => {
  const bytes = typeof text === 'string' ? decodeBase64(Buffer.from(text)) : undefined;
  if (bytes === undefined) throw new TypeError('Bytes in the response are not base64.');
  return bytes;
};

/** DynamoDB's JSON. Keys are data here, `__proto__` among them, which many versions of the SDK leave out. */
export const stringifyJson = (value: unknown): string =>
  JSON.stringify(value, function (this: Record<string, unknown>, key, json: unknown) {
    // As it is in its owner: a Buffer has been asked for its own JSON already.
    const member = this[key];
    return types.isUint8Array(member) ? Buffer.from(member).toString('base64') : json;
  });

/** Whether a member named `__proto__` is anywhere in an item. */
export const hasProtoMember = (members: Record<string, AttributeValue>): boolean => {
  // `for in` makes no array of the keys, for each map of each event that is written.
  for (const key in members) {
    if (key === '__proto__' || isProtoMemberWithin(members[key])) return true;
  }
  return false;
};

const isProtoMemberWithin = (value: AttributeValue | undefined): boolean =>
  (value?.M !== undefined && hasProtoMember(value.M)) || (value?.L?.some(isProtoMemberWithin) ?? false);
