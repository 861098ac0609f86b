import { createHash } from 'node:crypto';

import { EVENT_TABLE_EVENT_STORE_ID_KEY } from '@castore-dynamodb/table';

import { type Layout, MAX_PARTITION_KEY_SIZE } from './layout.js';

const SEPARATOR = '#';

/**
 * Many event stores in one table: partition key `<eventStoreId>#<aggregateId>`.
 *
 * With shards, new aggregates are spread over the index keys `<eventStoreId>#0`, `<eventStoreId>#1`…, which are no other
 * event store's, since no event store id has the separator in it. Those of before stay under `<eventStoreId>`.
 */
export const singleTableLayout = (initialEventShards: number | undefined): Layout => ({
  name: 'single-table',
  // The first separator ends the event store's id, so an aggregate's id may hold any number of them.
  refuseEventStoreId: eventStoreId => {
    if (eventStoreId.includes(SEPARATOR)) {
      return `an event store in a single table must not have "${SEPARATOR}" in its id, or its aggregates could share a key with another event store's.`;
    }
    const indexKeySize = Buffer.byteLength(shardKey(eventStoreId, (initialEventShards ?? 1) - 1).S);
    return indexKeySize > MAX_PARTITION_KEY_SIZE
      ? `it makes an index key of ${indexKeySize} bytes, DynamoDB's have ${MAX_PARTITION_KEY_SIZE} at most.`
      : undefined;
  },
  partitionKey: (eventStoreId, aggregateId) => eventStoreId + SEPARATOR + aggregateId,
  isPartitionKeyOf: (eventStoreId, partitionKey) => partitionKey.startsWith(eventStoreId + SEPARATOR),
  aggregateId: (eventStoreId, partitionKey) => partitionKey.slice(eventStoreId.length + SEPARATOR.length),
  initialEventKey: {
    name: EVENT_TABLE_EVENT_STORE_ID_KEY,
    ofAggregate: (eventStoreId, aggregateId) =>
      initialEventShards === undefined
        ? { S: eventStoreId }
        : shardKey(eventStoreId, shardOf(aggregateId, initialEventShards)),
    ofEventStore: eventStoreId => [
      { S: eventStoreId },
      ...Array.from({ length: initialEventShards ?? 0 }, (_, shard) => shardKey(eventStoreId, shard)),
    ],
  },
});

const shardKey = (eventStoreId: string, shard: number) => ({ S: eventStoreId + SEPARATOR + shard });

const shardOf = (aggregateId: string, shards: number): number =>
  createHash('sha256').update(aggregateId).digest().readUInt32BE() % shards;
