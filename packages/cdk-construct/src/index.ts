export { EVENT_TABLE_LAYOUTS, type EventTableLayout } from '@castore-dynamodb/table';

export type { EventTableAlarmThresholds } from './alarms.js';
export type { EventTableBilling, OnDemandBilling, ProvisionedBilling } from './billing.js';
export { EventTable } from './EventTable.js';
export type { EventTableAttributes, EventTableProps } from './EventTableProps.js';
export type { IEventTable } from './IEventTable.js';
export { InvalidEventTablePropsError } from './InvalidEventTablePropsError.js';
