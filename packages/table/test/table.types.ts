import { expectTypeOf } from 'expect-type';

import {
  type EventTableDefinition,
  type EventTableOperation,
  eventTableDefinition,
  eventTableOperations,
} from '../src/index.js';

expectTypeOf(eventTableDefinition).toEqualTypeOf<
  (layout: 'single-table' | 'table-per-store') => EventTableDefinition
>();

// @ts-expect-error There are two layouts, and a typo is neither.
eventTableDefinition('singleTable');

expectTypeOf(eventTableOperations.getEvents.table).toEqualTypeOf<readonly ['dynamodb:Query']>();
expectTypeOf<'checkUnchanged'>().toExtend<EventTableOperation>();

// @ts-expect-error Listing goes to the index alone.
export const { table: _table } = eventTableOperations.listAggregateIds;

// @ts-expect-error They are read-only.
eventTableOperations.getEvents.table.push('dynamodb:Scan');
