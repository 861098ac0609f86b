import { createHash } from 'node:crypto';

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { TableItem } from '@castore-dynamodb/adapter';

import type { StoredEvent } from './storedEvent.js';

/*
 * One text for equal stored values, and for no others: members and elements of sets in one order, numbers by their value. Two
 * engines may write one number in two ways, and DynamoDB gives back neither members nor sets in the order in which they came.
 */

const canonical = (value: AttributeValue): unknown => {
  if (value.M !== undefined) return ['M', ...canonicalMembers(value.M)];
  if (value.L !== undefined) return ['L', ...value.L.map(canonical)];
  if (value.N !== undefined) return ['N', canonicalNumber(value.N)];
  if (value.B !== undefined) return ['B', base64(value.B)];
  if (value.SS !== undefined) return ['SS', ...value.SS.toSorted()];
  if (value.NS !== undefined) return ['NS', ...value.NS.map(canonicalNumber).toSorted()];
  if (value.BS !== undefined) return ['BS', ...value.BS.map(base64).toSorted()];
  return value;
};

const canonicalMembers = (members: TableItem): unknown[] =>
  Object.entries(members)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => [name, canonical(value)]);

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const DECIMAL = /^(-?)0*(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;

/** `1e-7`, `0.0000001` and `0.00000010` are the digits 1 and the exponent -7. */
const canonicalNumber = (text: string): string => {
  const match = DECIMAL.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const padded = (whole + fraction).replace(/^0+/, '');
  const digits = padded.replace(/0+$/, '');
  if (digits === '') return '0';
  return `${sign}${digits}e${Number(exponent) - fraction.length + padded.length - digits.length}`;
};

/** Whether two items hold the same, attribute by attribute. */
export const areEqualItems = (left: TableItem, right: TableItem): boolean =>
  JSON.stringify(canonicalMembers(left)) === JSON.stringify(canonicalMembers(right));

/** SHA-256 of an event: the same in tables of both layouts. */
export const hashOf = ({ eventStoreId, aggregateId, version, attributes }: StoredEvent): string =>
  createHash('sha256')
    .update(JSON.stringify([eventStoreId, aggregateId, version, canonicalMembers(attributes)]))
    .digest('hex');

/** A hash of any number of things, in whatever order they come: the sum of their hashes. */
export class HashSum {
  #sum = 0n;

  constructor(hex = '0') {
    this.#sum = BigInt(`0x${hex}`);
  }

  add(hash: string): void {
    this.#sum = BigInt.asUintN(256, this.#sum + BigInt(`0x${hash}`));
  }

  subtract(hash: string): void {
    this.#sum = BigInt.asUintN(256, this.#sum - BigInt(`0x${hash}`));
  }

  get isZero(): boolean {
    return this.#sum === 0n;
  }

  toString(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}
