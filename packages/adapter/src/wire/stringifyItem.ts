import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import type { Item } from '../events/eventItem.js';

/** An item as DynamoDB's JSON. Keys are data here, `__proto__` among them, which many versions of the SDK leave out. */
export const stringifyItem = (item: Item): string =>
  `{${Object.keys(item)
    .map(key => `${JSON.stringify(key)}:${stringifyValue(item[key] as AttributeValue)}`)
    .join()}}`;

const stringifyValue = (value: AttributeValue): string => {
  if (value.S !== undefined) return `{"S":${JSON.stringify(value.S)}}`;
  if (value.N !== undefined) return `{"N":${JSON.stringify(value.N)}}`;
  if (value.M !== undefined) return `{"M":${stringifyItem(value.M)}}`;
  if (value.L !== undefined) return `{"L":[${value.L.map(stringifyValue).join()}]}`;
  if (value.BOOL !== undefined) return `{"BOOL":${value.BOOL}}`;
  if (value.NULL !== undefined) return `{"NULL":${value.NULL}}`;
  if (value.B !== undefined) return `{"B":${stringifyBytes(value.B)}}`;
  if (value.BS !== undefined) return `{"BS":[${value.BS.map(stringifyBytes).join()}]}`;
  // Sets of strings and of numbers are arrays of strings.
  return JSON.stringify(value);
};

const stringifyBytes = (bytes: Uint8Array): string =>
  `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`;
