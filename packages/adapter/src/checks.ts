// Checks of what only an event store has: ids that become keys, versions, layouts.
import {
  checkInteger,
  checkOneOf,
  checkString,
  InvalidArgumentError,
  MAX_PARTITION_KEY_SIZE,
} from '@castore-dynamodb/commons';
import { EVENT_TABLE_LAYOUTS } from '@castore-dynamodb/table';

import type { Layout } from './layout.js';

/** DynamoDB's `Limit` is a signed integer of 32 bits; more is not asked for at once. */
export const MAX_QUERY_LIMIT = 2 ** 31 - 1;

export const checkVersion = (value: unknown, argument: string): void => checkInteger(value, argument, 1);

export const checkLayout = (value: unknown, argument: string): void => checkOneOf(value, argument, EVENT_TABLE_LAYOUTS);

export const checkEventStoreId = (layout: Layout, eventStoreId: unknown, argument: string): void => {
  checkString(eventStoreId, argument);
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
  checkString(aggregateId, argument);
  checkPartitionKeySize(layout.partitionKey(eventStoreId, aggregateId as string), argument);
};

const checkPartitionKeySize = (partitionKey: string, argument: string): void => {
  const size = Buffer.byteLength(partitionKey);
  if (size > MAX_PARTITION_KEY_SIZE) {
    throw new InvalidArgumentError(
      argument,
      `its partition key would have ${size} bytes; DynamoDB allows ${MAX_PARTITION_KEY_SIZE} at most.`,
    );
  }
};
