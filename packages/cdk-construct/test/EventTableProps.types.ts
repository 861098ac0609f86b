import type { Stack } from 'aws-cdk-lib';
import { expectTypeOf } from 'expect-type';

import { EventTable, type EventTableBilling, type EventTableProps, type IEventTable } from '../src/index.js';

declare const stack: Stack;

expectTypeOf(new EventTable(stack, 'Events')).toExtend<IEventTable>();
expectTypeOf(EventTable.fromTableName(stack, 'Events', 'events')).toEqualTypeOf<IEventTable>();

export const billing: EventTableBilling[] = [
  { mode: 'on-demand' },
  { mode: 'on-demand', maxReadRequestUnits: 5 },
  { mode: 'provisioned', read: { maxCapacity: 5 }, write: { maxCapacity: 5 }, indexRead: { maxCapacity: 1 } },
  // @ts-expect-error: a cap is of on-demand tables
  { mode: 'provisioned', read: { maxCapacity: 5 }, write: { maxCapacity: 5 }, maxReadRequestUnits: 5 },
  // @ts-expect-error: capacity is of provisioned tables
  { mode: 'on-demand', read: { maxCapacity: 5 }, write: { maxCapacity: 5 } },
  // @ts-expect-error: provisioned capacity has no default
  { mode: 'provisioned' },
];

export const props: EventTableProps[] = [
  {},
  { layout: 'table-per-store', alarms: true },
  { alarms: { throttledRequests: 10 } },
  // @ts-expect-error: not a layout
  { layout: 'one-table' },
];
