import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { checkObject } from '@castore-dynamodb/commons';

import { numberSize } from './decimal.js';

/** Overheads of lists and maps. Source: "DynamoDB item sizes and formats" in DynamoDB's developer guide. */
export const DOCUMENT_SIZE = 3;
export const DOCUMENT_MEMBER_SIZE = 1;

/**
 * The bytes that DynamoDB counts for an item, attribute names included.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const bytes = itemSize({ aggregateId: { S: 'pikachu-1' }, version: { N: '1' } }); // 29
 */
export const itemSize = (item: Record<string, AttributeValue>): number => {
  checkObject(item, 'item');
  return membersSize(item);
};

const membersSize = (members: Record<string, AttributeValue>): number =>
  sum(Object.keys(members), name => Buffer.byteLength(name) + valueSize(members[name] as AttributeValue));

const sum = <VALUE>(values: VALUE[], sizeOf: (value: VALUE) => number): number =>
  values.reduce((size, value) => size + sizeOf(value), 0);

const valueSize = (value: AttributeValue): number => {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.SS !== undefined) return sum(value.SS, text => Buffer.byteLength(text));
  if (value.NS !== undefined) return sum(value.NS, numberSize);
  if (value.BS !== undefined) return sum(value.BS, bytes => bytes.byteLength);
  if (value.L !== undefined) {
    return DOCUMENT_SIZE + sum(value.L, element => DOCUMENT_MEMBER_SIZE + valueSize(element));
  }
  if (value.M !== undefined) {
    return DOCUMENT_SIZE + DOCUMENT_MEMBER_SIZE * Object.keys(value.M).length + membersSize(value.M);
  }
  return 1;
};
