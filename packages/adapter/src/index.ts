export type { StoredItem, StoredValue } from '@castore-dynamodb/commons';
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
export { decodeEventItem, parseEventItem } from './codec/parseEventItem.js';
export { fromStoredValue, packStoredValue, toStoredValue, unpackStoredValue } from './codec/storedValue.js';
export * from './errors.js';
export { type EventTable, eventTableOf, schemaFingerprintOf } from './eventStorage.js';
export type { AggregateCheck } from './push/aggregateChecks.js';
export { previewPush } from './push/previewPush.js';
export type { PushEventGroupOptions } from './push/pushEventGroup.js';
export { type GroupToWrite, type PutsAlongside, putAlongside } from './push/putAlongside.js';
export { formatEventForTransaction, pushEventsTransaction } from './push/transactions.js';
export type { Redaction } from './stored/redactions.js';
export {
  MAX_REMOVED_EVENTS,
  type StoredEvent,
  type StoredEvents,
  type StoredEventsPage,
  type StoredEventsRange,
  storedEventsOf,
} from './stored/storedEvents.js';
export type { StoredWrite } from './stored/storedWrites.js';
export {
  aggregateIdIn,
  decodeTableEvent,
  type ScannedEvents,
  scanTableEvents,
  type TableEvent,
} from './stored/tableEvents.js';
export {
  type ItemWrite,
  type PutTableItemOptions,
  putTableItem,
  type ScanEventsOptions,
  type ScannedItems,
  type ScanTableOptions,
  scanTableItems,
  type TableItem,
} from './stored/tableItems.js';
export type { ApplicationAutoScalingClientLike, CapacityRange, EventTableAutoscaling } from './table/autoscaling.js';
export type { EventTableName, EventTableReference } from './table/controlPlane.js';
export { type CreateEventTableOptions, createEventTable } from './table/createEventTable.js';
export type { EventTableBilling, EventTableSettings } from './table/createTableInput.js';
export { deleteEventTable } from './table/deleteEventTable.js';
export {
  checkEventTable,
  describeEventTable,
  type EventTableShape,
  type EventTableState,
  eventTableDifferences,
} from './table/describeEventTable.js';
export { copyEvent } from './transformations/copyEvent.js';
export { defineTransformation } from './transformations/defineTransformation.js';
export { contentProtectionOf, subjectsOfEvent } from './transformations/subjects.js';
export type {
  ContentProtection,
  EncodeContext,
  EventContent,
  EventEncoding,
  EventEvolution,
  EventShape,
  EventTransformation,
  FormerEvent,
  ProtectedContent,
  TransformationContext,
  UpcastContext,
} from './transformations/transformation.js';
