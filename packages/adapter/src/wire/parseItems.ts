import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import type { Item } from '../events/eventItem.js';

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

const reviveBytes = (value: AttributeValue): void => {
  if (value.B !== undefined) value.B = decodeBase64(value.B as unknown as string);
  else if (value.BS !== undefined) value.BS = (value.BS as unknown as string[]).map(decodeBase64);
  else if (value.M !== undefined) reviveMembers(value.M);
  else if (value.L !== undefined) value.L.forEach(reviveBytes);
};

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * A copy, so that the bytes do not keep a larger buffer alive, nor share it with anybody.
 *
 * @throws TypeError where it is no base64, as the SDK does.
 */
export const decodeBase64 = (text: string): Uint8Array => {
  if (text.length % 4 !== 0 || !BASE64.test(text)) throw new TypeError('Bytes in the response are no base64.');
  return new Uint8Array(Buffer.from(text, 'base64'));
};
