import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EventTableLayout } from '@castore-dynamodb/table';

/** Bytes of a partition key, of a table's or an index's. Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const MAX_PARTITION_KEY_SIZE = 2048;

/** All that differs between the two layouts. Every operation is written once, over this. */
export interface Layout {
  readonly name: EventTableLayout;
  /** Says what is wrong with an event store id, where two event stores could come to share a key. */
  refuseEventStoreId(eventStoreId: string): string | undefined;
  partitionKey(eventStoreId: string, aggregateId: string): string;
  /** Whether a partition key is one of this event store's, whoever wrote it. */
  isPartitionKeyOf(eventStoreId: string, partitionKey: string): boolean;
  /** The aggregate id behind a partition key that this event store's `partitionKey` made. */
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
