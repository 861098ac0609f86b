export { EVENT_TABLE_LAYOUTS, type EventTableLayout } from '@castore-dynamodb/table';

export type { EventTableBilling, OnDemandBilling, ProvisionedBilling } from './billing.js';
export { InvalidEventTablePropsError } from './checks.js';
export {
  EventBucket,
  type EventBucketBase,
  type EventBucketProps,
  type ExistingEventBucketProps,
} from './EventBucket.js';
export { EventTable } from './EventTable.js';
export type { EventTableAttributes, EventTableProps } from './EventTableProps.js';
export type { EventTableStreamHandler } from './EventTableStreamHandler.js';
export type { WrappingKeys } from './grantSubjectKeys.js';
export type { IEventTable } from './IEventTable.js';
export { LiveFeedApi, type LiveFeedApiProps } from './LiveFeedApi.js';
export { ProjectionTable, type ProjectionTableProps } from './ProjectionTable.js';
export type { StreamHandlerProps } from './StreamHandlerProps.js';
export type { StreamHandlerAlarmThresholds } from './streamHandlerAlarms.js';
export type { EventTableAlarmThresholds } from './tableAlarms.js';
