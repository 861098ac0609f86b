import type { EventDetail } from '@castore/core';

import type { ItemReader } from '../codec/itemReader.js';
import { ItemUnwrapper } from '../codec/itemUnwrapper.js';
import { UNEXPECTED } from '../codec/jsonBytes.js';
import { ScalarUnwrapper } from '../codec/scalarUnwrapper.js';

/** What V8 needs to compile `ItemUnwrapper` is about what that saves with so many bytes of most kinds of data. */
const WORTH_COMPILING = 8 * 1024 * 1024;

/** By this process. */
let bytesRead = 0;

/**
 * A process that has just started reads with code that is compiled already; many functions on Lambda read no more than
 * that. In the long run, code of our own that V8 has compiled takes less time, most of all if values are nested deeply.
 */
const readerOf = (json: Buffer): ItemReader => {
  bytesRead += json.length;
  return bytesRead < WORTH_COMPILING ? new ScalarUnwrapper(json) : new ItemUnwrapper(json);
};

/**
 * Reads events straight from the JSON of a Query response, some at a time: no AttributeValue is built on the way.
 *
 * Throws if anything is not as DynamoDB is known to write it (white space, a new type, a number that JavaScript cannot hold,
 * an event without its type, an item that is at no version, an event that was stored in another form, or changed since): the
 * plain way then reads the same bytes, of what was not handed out by then, and raises the error if there is one.
 */
export function* decodePartsFast(
  json: Buffer,
  toAggregateId: (partitionKey: string) => string,
  reader = readerOf(json),
): Generator<EventDetail[], void, undefined> {
  for (const items of reader.parts()) yield items.map(item => toEvent(item, reader, toAggregateId));
}

/** All of them, or undefined if the plain way has to read them. */
export const decodeEventsFast = (...args: Parameters<typeof decodePartsFast>): EventDetail[] | undefined => {
  try {
    const events: EventDetail[] = [];
    for (const part of decodePartsFast(...args)) for (const event of part) events.push(event);
    return events;
  } catch {
    return undefined;
  }
};

const toEvent = (
  item: Record<string, unknown>,
  reader: ItemReader,
  toAggregateId: (partitionKey: string) => string,
): EventDetail => {
  const { encoding, schemaVersion, redactions } = item;
  if (encoding !== undefined || schemaVersion !== undefined || redactions !== undefined) throw UNEXPECTED;
  const aggregateId = reader.valueOf(item.aggregateId);
  const version = reader.valueOf(item.version);
  const type = reader.valueOf(item.type);
  const timestamp = reader.valueOf(item.timestamp);
  if (typeof aggregateId !== 'string' || !Number.isInteger(version) || (version as number) < 1) throw UNEXPECTED;
  if (typeof type !== 'string' || typeof timestamp !== 'string') throw UNEXPECTED;

  // Not by one literal: V8 moves the objects of a literal to old memory from the start if many have lived long. There,
  // only a full garbage collection releases an event, and all that it refers to.
  const event = {} as EventDetail;
  event.aggregateId = toAggregateId(aggregateId);
  event.version = version as number;
  event.type = type;
  event.timestamp = timestamp;
  if (item.payload !== undefined) event.payload = reader.valueOf(item.payload);
  if (item.metadata !== undefined) event.metadata = reader.valueOf(item.metadata);
  return event;
};
