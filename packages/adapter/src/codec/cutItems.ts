import { isAscii } from 'node:buffer';

import {
  EVENT_TABLE_ENCODING_KEY,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import {
  BACKSLASH,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COLON,
  COMMA,
  endOfString,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTE,
  UNEXPECTED,
} from './jsonBytes.js';

/** The place of an item in the JSON of a response, and the attributes that identify its event. */
export interface CutItem {
  readonly start: number;
  readonly end: number;
  partitionKey: string | undefined;
  /** As it is written. */
  version: string | undefined;
  type: string | undefined;
  timestamp: string | undefined;
  /** Whether transformations changed the event. */
  isEncoded: boolean;
}

/** Up to this length, looking at each byte is faster than calling what searches in many at once. */
const SHORT = 32;

/**
 * Cuts an array of items into its items, and reads no more than what says which events they are: whoever sorts or sifts
 * items need not make objects of all that they hold.
 *
 * @param json as DynamoDB writes it. Throws if it has white space, or anything else that is not known from there.
 */
export const cutItems = (json: Buffer): CutItem[] => {
  const items: CutItem[] = [];
  if (json[0] !== OPENING_BRACKET) throw UNEXPECTED;
  if (json.length === 2 && json[1] === CLOSING_BRACKET) return items;
  let end = 0;
  do {
    const item = cutItem(json, end + 1);
    items.push(item);
    end = item.end;
  } while (json[end] === COMMA);
  if (json[end] !== CLOSING_BRACKET || end !== json.length - 1) throw UNEXPECTED;
  return items;
};

const cutItem = (json: Buffer, start: number): CutItem => {
  let [partitionKey, version, type, timestamp]: (string | undefined)[] = [];
  let isEncoded = false;
  let position = start;
  if (json[position] !== OPENING_BRACE) throw UNEXPECTED;
  do {
    const nameStart = position + 1;
    const nameEnd = skipString(json, nameStart);
    const valueStart = nameEnd + 1;
    if (json[nameEnd] !== COLON || json[valueStart] !== OPENING_BRACE) throw UNEXPECTED;
    position = skipObject(json, valueStart);
    const name = json.toString('latin1', nameStart + 1, nameEnd - 1);
    if (name === EVENT_TABLE_PK) partitionKey = scalarAt(json, 'S', valueStart, position);
    else if (name === EVENT_TABLE_SK) version = scalarAt(json, 'N', valueStart, position);
    else if (name === EVENT_TABLE_EVENT_TYPE_KEY) type = scalarAt(json, 'S', valueStart, position);
    else if (name === EVENT_TABLE_TIMESTAMP_KEY) timestamp = scalarAt(json, 'S', valueStart, position);
    else if (name === EVENT_TABLE_ENCODING_KEY) isEncoded = true;
    // One of those names, written in another way.
    else if (name.includes('\\')) throw UNEXPECTED;
  } while (json[position] === COMMA);
  if (json[position] !== CLOSING_BRACE) throw UNEXPECTED;
  return { start, end: position + 1, partitionKey, version, type, timestamp, isEncoded };
};

/** The end of an object. Its braces alone say where that is, as those in strings are passed over. */
const skipObject = (json: Buffer, start: number): number => {
  let depth = 1;
  let position = start + 1;
  while (depth > 0) {
    const byte = json[position];
    if (byte === QUOTE) {
      position = skipString(json, position);
      continue;
    }
    if (byte === OPENING_BRACE) depth++;
    else if (byte === CLOSING_BRACE) depth--;
    else if (byte === undefined) throw UNEXPECTED;
    position++;
  }
  return position;
};

const skipString = (json: Buffer, start: number): number => {
  if (json[start] !== QUOTE) throw UNEXPECTED;
  for (let position = start + 1; position < start + SHORT; position++) {
    const byte = json[position];
    if (byte === QUOTE) return position + 1;
    if (byte === BACKSLASH) break;
  }
  return endOfString(json, start);
};

/** The text of an AttributeValue of this type; undefined if it is of another one. */
const scalarAt = (json: Buffer, type: 'S' | 'N', start: number, end: number): string | undefined => {
  const content = json.subarray(start + 6, end - 2);
  if (json.toString('latin1', start + 1, start + 6) !== `"${type}":"`) return undefined;
  if (isAscii(content) && !content.includes(BACKSLASH)) return content.toString('latin1');
  return JSON.parse(json.toString('utf8', start + 5, end - 1)) as string;
};
