import { types } from 'node:util';

import type { EventDetail, OptionalTimestamp } from '@castore/core';
import { EVENT_TABLE_LAYOUTS } from '@castore-dynamodb/table';

import { InvalidArgumentError } from '../errors/index.js';
import { type Layout, MAX_PARTITION_KEY_SIZE } from '../layouts/layout.js';

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (sort keys). */
const MAX_SORT_KEY_SIZE = 1024;

const EVENT_MEMBERS = new Set(['aggregateId', 'version', 'type', 'timestamp', 'payload', 'metadata']);

/** What was given, for an error's message: enough to recognise it, never more than a line of it. */
export const describeValue = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return String(value);
  if (types.isDate(value)) return 'a Date';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

export const checkObject = (value: unknown, argument: string): void => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError(argument, `expected an object, got ${describeValue(value)}.`);
  }
};

export const checkClient = (value: unknown, argument: string): void => {
  if (typeof (value as { send?: unknown } | null | undefined)?.send !== 'function') {
    throw new InvalidArgumentError(argument, `expected a client of the AWS SDK, got ${describeValue(value)}.`);
  }
};

/** A string that DynamoDB keeps as it is: not empty, and with an encoding in UTF-8, which half a surrogate pair has not. */
export const checkKeyString = (value: unknown, argument: string): void => {
  if (typeof value !== 'string') {
    throw new InvalidArgumentError(argument, `expected a string, got ${describeValue(value)}.`);
  }
  if (value === '') throw new InvalidArgumentError(argument, 'expected a string that is not empty.');
  if (!value.isWellFormed()) {
    throw new InvalidArgumentError(argument, 'it holds half of a surrogate pair, which has no encoding in UTF-8.');
  }
};

export const checkTimestamp = (value: unknown, argument: string): void => {
  checkKeyString(value, argument);
  const size = Buffer.byteLength(value as string);
  if (size > MAX_SORT_KEY_SIZE) {
    throw new InvalidArgumentError(
      argument,
      `it has ${size} bytes, an index key of DynamoDB has ${MAX_SORT_KEY_SIZE} at most.`,
    );
  }
};

export const checkVersion = (value: unknown, argument: string): void => {
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw new InvalidArgumentError(argument, `expected an integer from 1 to 2^53 - 1, got ${describeValue(value)}.`);
  }
};

export const checkLimit = (value: unknown, argument: string): void => {
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw new InvalidArgumentError(
      argument,
      `expected an integer of at least 1, got ${describeValue(value)}. Leave it out to have no limit.`,
    );
  }
};

export const checkBoolean = (value: unknown, argument: string): void => {
  if (typeof value !== 'boolean') {
    throw new InvalidArgumentError(argument, `expected true or false, got ${describeValue(value)}.`);
  }
};

export const checkLayout = (value: unknown, argument: string): void => {
  if (!(EVENT_TABLE_LAYOUTS as readonly unknown[]).includes(value)) {
    throw new InvalidArgumentError(
      argument,
      `expected ${EVENT_TABLE_LAYOUTS.map(layout => `'${layout}'`).join(' or ')}, got ${describeValue(value)}.`,
    );
  }
};

export const checkEventStoreId = (layout: Layout, eventStoreId: unknown, argument: string): void => {
  checkKeyString(eventStoreId, argument);
  const refusal = layout.refuseEventStoreId(eventStoreId as string);
  if (refusal !== undefined) throw new InvalidArgumentError(argument, refusal);
  checkPartitionKeySize(eventStoreId as string, argument);
};

export const checkAggregateId = (
  layout: Layout,
  eventStoreId: string,
  aggregateId: unknown,
  argument: string,
): void => {
  checkKeyString(aggregateId, argument);
  checkPartitionKeySize(layout.partitionKey(eventStoreId, aggregateId as string), argument);
};

const checkPartitionKeySize = (partitionKey: string, argument: string): void => {
  const size = Buffer.byteLength(partitionKey);
  if (size > MAX_PARTITION_KEY_SIZE) {
    throw new InvalidArgumentError(
      argument,
      `it makes a partition key of ${size} bytes, DynamoDB's have ${MAX_PARTITION_KEY_SIZE} at most.`,
    );
  }
};

/** An event as it was given: its members, and nothing that could change or hide them. */
export type GivenEvent = Omit<EventDetail, 'timestamp'> & { timestamp: string | undefined };

/**
 * Checks everything about an event but its payload and metadata, which the codec checks as it encodes them. Returns the
 * members that were checked, each read once: they may be getters, or those of a class, which a copy would leave behind.
 */
export const checkEvent = (
  layout: Layout,
  eventStoreId: string,
  event: OptionalTimestamp<EventDetail>,
  argument: string,
): GivenEvent => {
  checkObject(event, argument);
  const { aggregateId, version, type, timestamp, payload, metadata } = event;
  checkAggregateId(layout, eventStoreId, aggregateId, `${argument}.aggregateId`);
  checkVersion(version, `${argument}.version`);
  if (timestamp !== undefined) checkTimestamp(timestamp, `${argument}.timestamp`);
  if (typeof type !== 'string' || !type.isWellFormed()) {
    throw new InvalidArgumentError(
      `${argument}.type`,
      `expected a string with an encoding in UTF-8, got ${describeValue(type)}.`,
    );
  }
  for (const [member, value] of Object.entries(event)) {
    if (!EVENT_MEMBERS.has(member) && value !== undefined) {
      throw new InvalidArgumentError(
        `${argument}.${member}`,
        `an event has ${[...EVENT_MEMBERS].join(', ')}, and nothing else is stored: put it into metadata.`,
      );
    }
  }
  return { aggregateId, version, type, timestamp, payload, metadata };
};
