import {
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_METADATA_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import { plainJson } from '../output/plainText.js';
import { fromExactValue, toExactValue } from './exactValue.js';
import type { StoredEvent } from './storedEvent.js';

/** The attributes of every event, which a line has beside its ids; all others are in `attributes`. */
const COMMON: readonly string[] = [
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_TIMESTAMP_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_METADATA_KEY,
];

/** An event as a line of JSON, without its end: every value exactly, and no character that a terminal would obey. */
export const toLine = ({ eventStoreId, aggregateId, version, attributes, listedUnder }: StoredEvent): string => {
  const exact = Object.entries(attributes).map(([name, value]) => [name, toExactValue(value)] as const);
  const common = COMMON.flatMap(name => exact.filter(([each]) => each === name));
  const others = exact.filter(([name]) => !COMMON.includes(name));
  const line = {
    eventStoreId,
    aggregateId,
    version,
    ...Object.fromEntries(common),
    ...(others.length > 0 && { attributes: Object.fromEntries(others) }),
    ...(listedUnder !== undefined && { listedUnder }),
  };
  return plainJson(JSON.stringify(line));
};

/** @throws SyntaxError for what `toLine` does not write */
export const fromLine = (json: Readonly<Record<string, unknown>>): StoredEvent => {
  const { eventStoreId, aggregateId, version, attributes = {}, listedUnder, ...common } = json;
  const unknown = Object.keys(common).filter(name => !COMMON.includes(name));
  if (!hasIds(json) || !hasContent(json) || unknown.length > 0)
    throw new SyntaxError('It is not an event of an export.');
  const exact = [...Object.entries(common), ...Object.entries(attributes as object)];
  return {
    eventStoreId: String(eventStoreId),
    aggregateId: String(aggregateId),
    version: Number(version),
    attributes: Object.fromEntries(exact.map(([name, value]) => [name, fromExactValue(value)])),
    ...(listedUnder !== undefined && { listedUnder: listedUnder as string }),
  };
};

const hasIds = ({ eventStoreId, aggregateId, version }: Readonly<Record<string, unknown>>): boolean =>
  typeof eventStoreId === 'string' &&
  typeof aggregateId === 'string' &&
  Number.isSafeInteger(version) &&
  (version as number) >= 1;

const hasContent = ({ attributes = {}, listedUnder = '', ...common }: Readonly<Record<string, unknown>>): boolean =>
  typeof common[EVENT_TABLE_EVENT_TYPE_KEY] === 'string' &&
  typeof common[EVENT_TABLE_TIMESTAMP_KEY] === 'string' &&
  typeof attributes === 'object' &&
  attributes !== null &&
  typeof listedUnder === 'string';
