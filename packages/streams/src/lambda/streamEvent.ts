import type { EventStore } from '@castore/core';
import { eventTableOf } from '@castore-dynamodb/adapter';
import { describeValue, isObject, memberOf } from '@castore-dynamodb/commons';

import { NotAStreamEventError, UnknownTableError } from '../errors.js';
import { type StreamRecord, tableNameOf, withoutNewImages } from '../images/streamRecord.js';

/** What Lambda calls the function with; EventBridge Pipes calls it with the array alone. */
export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

/**
 * The records that a function was called with.
 *
 * @throws NotAStreamEventError for anything that is no record of a DynamoDB stream, among them the records of Kinesis Data
 *   Streams for DynamoDB, which come twice and in no order.
 * @throws StreamNotReadableError for a new or changed item without its image.
 */
export const recordsOf = (event: unknown): readonly StreamRecord[] => {
  const records: unknown = Array.isArray(event) ? event : memberOf(event, 'Records');
  if (!Array.isArray(records)) throw new NotAStreamEventError(describeEvent(event));
  for (const record of records as unknown[]) checkRecord(record);
  return records as StreamRecord[];
};

const describeEvent = (event: unknown): string => {
  if (!isObject(event)) return event === undefined ? 'nothing' : describeValue(event);
  const { source } = event;
  return typeof source === 'string' ? `an event of ${JSON.stringify(source)}` : 'an object without Records';
};

const checkRecord = (record: unknown): void => {
  if (!isObject(record)) throw new NotAStreamEventError('a record that is no object');
  const { eventSource = record['EventSource'], eventSourceARN: arn, dynamodb, recordFormat } = record;
  if (eventSource !== undefined && eventSource !== 'aws:dynamodb') {
    throw new NotAStreamEventError(`a record of ${JSON.stringify(eventSource)}`);
  }
  if (recordFormat !== undefined) throw new NotAStreamEventError('a record of Kinesis Data Streams for DynamoDB');
  if (!isObject(dynamodb)) throw new NotAStreamEventError('a record without dynamodb');
  if (arn !== undefined && typeof arn !== 'string')
    throw new NotAStreamEventError('a record whose eventSourceARN is no string');
  // No retry helps until the table has another stream.
  if (!isObject(dynamodb['NewImage']) && record['eventName'] !== 'REMOVE') throw withoutNewImages(record);
};

/**
 * Refuses records of tables in which none of the event stores lies. An event store that is not connected to an adapter of
 * ours may lie in any.
 *
 * @throws UnknownTableError
 */
export const checkTables = (eventStores: readonly EventStore[], records: readonly StreamRecord[]): void => {
  const tables = eventStores.map(({ eventStorageAdapter }) => eventTableOf(eventStorageAdapter)?.tableName);
  if (tables.includes(undefined)) return;
  const known = new Set((tables as string[]).map(tableNameOf));
  for (const arn of new Set(records.map(({ eventSourceARN }) => eventSourceARN))) {
    if (arn !== undefined && !known.has(tableNameOf(arn))) throw new UnknownTableError(tableNameOf(arn), [...known]);
  }
};
