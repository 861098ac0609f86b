export {
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_IS_INITIAL_EVENT_KEY,
  EVENT_TABLE_METADATA_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
  type EventTableLayout,
  eventTableDefinition,
} from '@castore-dynamodb/table';

export {
  DynamoDbEventStorageAdapter,
  type DynamoDbEventStorageAdapterOptions,
  DynamoDbSingleTableEventStorageAdapter,
  type DynamoDbSingleTableEventStorageAdapterOptions,
} from './adapter.js';
export { itemSize } from './codec/itemSize.js';
export { fromStoredValue, toStoredValue } from './codec/storedValue.js';
export * from './errors/index.js';
export { parseEventItem, type StoredItem, type StoredValue } from './events/parseEventItem.js';
export { type EventTable, eventTableOf } from './eventTableOf.js';
export type { ApplicationAutoScalingClientLike, CapacityRange, EventTableAutoscaling } from './table/autoscaling.js';
export { type CreateEventTableOptions, createEventTable } from './table/createEventTable.js';
export type { EventTableBilling, EventTableSettings } from './table/createTableInput.js';
export { deleteEventTable } from './table/deleteEventTable.js';
export {
  describeEventTable,
  type EventTableName,
  type EventTableReference,
  type EventTableState,
} from './table/describeEventTable.js';
export { formatEventForTransaction } from './transactions/formatEventForTransaction.js';
export { pushEventsTransaction } from './transactions/pushEventsTransaction.js';
export type { AggregateCheck } from './write/aggregateChecks.js';
export type { PushEventGroupOptions } from './write/pushEventGroup.js';
export { type GroupToWrite, type PutsAlongside, putAlongside } from './write/putAlongside.js';
