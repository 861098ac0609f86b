export { EVENT_TABLE_LAYOUTS, type EventTableLayout } from '@castore-dynamodb/table';

export type { EventTableAlarmThresholds } from './alarms.js';
export type { EventTableBilling, OnDemandBilling, ProvisionedBilling } from './billing.js';
export { EventTable } from './EventTable.js';
export type { EventTableAttributes, EventTableProps } from './EventTableProps.js';
export type { EventTableStreamHandler } from './EventTableStreamHandler.js';
export type { IEventTable } from './IEventTable.js';
export { InvalidEventTablePropsError } from './InvalidEventTablePropsError.js';
export { ProjectionTable } from './ProjectionTable.js';
export type { ProjectionTableProps } from './ProjectionTableProps.js';
export type { StreamHandlerProps } from './StreamHandlerProps.js';
export type { StreamHandlerAlarmThresholds } from './streamHandlerAlarms.js';
