import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import { bytesOf, EXACT, isTagged } from '../output/exactJson.js';

/*
 * Stored values in the form of `exactJson.ts`, straight from what DynamoDB has: a number keeps its digits, also if JavaScript
 * has none that equals it (`{"$number":"0.1000000000000000000001"}`).
 */

/** A stored value as JSON. `fromExactValue` gives back the very same. */
export const toExactValue = (value: AttributeValue): unknown => {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return toExactNumber(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.M !== undefined) return toExactMembers(value.M);
  if (value.L !== undefined) return value.L.map(toExactValue);
  if (value.B !== undefined) return toExactBytes(value.B);
  if (value.SS !== undefined) return { [EXACT.set]: value.SS };
  if (value.NS !== undefined) return { [EXACT.set]: value.NS.map(toExactNumber) };
  if (value.BS !== undefined) return { [EXACT.set]: value.BS.map(toExactBytes) };
  throw new TypeError(`Unknown type of a stored value: ${Object.keys(value).join(', ')}.`);
};

const toExactNumber = (text: string): unknown => {
  const number = Number(text);
  if (Number.isFinite(number) && String(number) === text) return number;
  return { [/^-?[1-9]\d*$/.test(text) ? EXACT.bigint : EXACT.number]: text };
};

const toExactBytes = (bytes: Uint8Array): unknown => ({ [EXACT.bytes]: Buffer.from(bytes).toString('base64') });

const toExactMembers = (members: Record<string, AttributeValue>): unknown => {
  const entries = Object.entries(members).map(([key, each]) => [key, toExactValue(each)] as const);
  // `fromEntries` makes a member of `__proto__` too.
  return Object.fromEntries(isTagged(entries) ? entries.map(([key, each]) => [`$${key}`, each]) : entries);
};

/** @throws SyntaxError for what `toExactValue` does not write */
export const fromExactValue = (json: unknown): AttributeValue => {
  switch (typeof json) {
    case 'string':
      return { S: json };
    case 'number':
      return { N: String(json) };
    case 'boolean':
      return { BOOL: json };
    default:
      if (json === null) return { NULL: true };
      if (Array.isArray(json)) return { L: json.map(fromExactValue) };
      return fromExactObject(json as Record<string, unknown>);
  }
};

const fromExactObject = (json: Record<string, unknown>): AttributeValue => {
  const entries = Object.entries(json);
  const [[key, content] = ['', undefined]] = entries;
  if (!isTagged(entries)) {
    return { M: Object.fromEntries(entries.map(([name, each]) => [name, fromExactValue(each)])) };
  }
  if (key.startsWith('$$')) return { M: Object.fromEntries([[key.slice(1), fromExactValue(content)]]) };
  if ((key === EXACT.bigint || key === EXACT.number) && typeof content === 'string') return { N: content };
  if (key === EXACT.bytes && typeof content === 'string') return { B: bytesOf(content) };
  if (key === EXACT.set && Array.isArray(content)) return setOf(content.map(fromExactValue));
  throw new SyntaxError(`Unknown value ${JSON.stringify(key)}: expected ${Object.values(EXACT).join(', ')}.`);
};

const setOf = (elements: readonly AttributeValue[]): AttributeValue => {
  const ofType = <TYPE extends 'S' | 'N' | 'B'>(type: TYPE) =>
    elements.flatMap(element =>
      element[type] === undefined ? [] : [element[type] as NonNullable<AttributeValue[TYPE]>],
    );
  const [SS, NS, BS] = [ofType('S'), ofType('N'), ofType('B')];
  if (elements.length > 0 && SS.length === elements.length) return { SS };
  if (elements.length > 0 && NS.length === elements.length) return { NS };
  if (elements.length > 0 && BS.length === elements.length) return { BS };
  throw new SyntaxError('A set has elements of one type: strings, numbers or bytes.');
};
