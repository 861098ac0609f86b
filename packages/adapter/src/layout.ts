import { createHash } from 'node:crypto';

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { MAX_PARTITION_KEY_SIZE } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_IS_INITIAL_EVENT_KEY,
  type EventTableLayout,
} from '@castore-dynamodb/table';

/** All that differs between the two layouts. Every operation is written once, over this. */
export interface Layout {
  readonly name: EventTableLayout;
  /** Says what is wrong with an event store id, if two event stores could come to share a key. */
  refuseEventStoreId(eventStoreId: string): string | undefined;
  partitionKey(eventStoreId: string, aggregateId: string): string;
  /** Whether a partition key is one of this event store's, whoever wrote it. */
  isPartitionKeyOf(eventStoreId: string, partitionKey: string): boolean;
  /** The aggregate id in a partition key that this event store's `partitionKey` made. */
  aggregateId(eventStoreId: string, partitionKey: string): string;
  /** The attribute, on first events only, that puts an aggregate into the index `initialEvents`. */
  readonly initialEventKey: {
    readonly name: string;
    /** Its value on the first event of an aggregate. */
    ofAggregate(eventStoreId: string, aggregateId: string): AttributeValue;
    /** All values that the event store's aggregates may have, in an order that only ever grows at its end. */
    ofEventStore(eventStoreId: string): AttributeValue[];
  };
}

/** One event store a table: the partition key is the aggregate's id as it is. */
export const tablePerStoreLayout: Layout = {
  name: 'table-per-store',
  refuseEventStoreId: () => undefined,
  partitionKey: (_, aggregateId) => aggregateId,
  isPartitionKeyOf: () => true,
  aggregateId: (_, partitionKey) => partitionKey,
  initialEventKey: {
    name: EVENT_TABLE_IS_INITIAL_EVENT_KEY,
    ofAggregate: () => ({ N: '1' }),
    ofEventStore: () => [{ N: '1' }],
  },
};

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
      return `in a single table it must not have "${SEPARATOR}" in it, or two event stores could share a key.`;
    }
    const indexKeySize = Buffer.byteLength(shardKey(eventStoreId, (initialEventShards ?? 1) - 1).S);
    return indexKeySize > MAX_PARTITION_KEY_SIZE
      ? `its key in the index would have ${indexKeySize} bytes; DynamoDB allows ${MAX_PARTITION_KEY_SIZE} at most.`
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
