/** Partition key of the table (S): the aggregate's id, in the single-table layout behind `<eventStoreId>#`. */
export const EVENT_TABLE_PK = 'aggregateId';

/** Sort key of the table (N): the event's version in its aggregate, from 1. */
export const EVENT_TABLE_SK = 'version';

/** The event's timestamp (S), ISO 8601; sort key of the index `initialEvents`. */
export const EVENT_TABLE_TIMESTAMP_KEY = 'timestamp';

/** The event's type (S). */
export const EVENT_TABLE_EVENT_TYPE_KEY = 'type';

/** The event's payload, as a native DynamoDB value; absent where the event has none. */
export const EVENT_TABLE_PAYLOAD_KEY = 'payload';

/** The event's metadata, as a native DynamoDB value; absent where the event has none. */
export const EVENT_TABLE_METADATA_KEY = 'metadata';

/** Layout `table-per-store`: 1 (N) on first events only; partition key of the index `initialEvents`. */
export const EVENT_TABLE_IS_INITIAL_EVENT_KEY = 'isInitialEvent';

/** Layout `single-table`: the event store's id (S) on first events only; partition key of the index `initialEvents`. */
export const EVENT_TABLE_EVENT_STORE_ID_KEY = 'eventStoreId';

/** The sparse, keys-only index that lists the aggregates by the time of their first event. */
export const EVENT_TABLE_INITIAL_EVENT_INDEX_NAME = 'initialEvents';
