import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expectTypeOf } from 'expect-type';

import {
  createEventTable,
  deleteEventTable,
  describeEventTable,
  type EventTableLayout,
  type EventTableState,
} from '../../src/index.js';

declare const client: DynamoDBClient;

expectTypeOf<EventTableLayout>().toEqualTypeOf<'single-table' | 'table-per-store'>();
expectTypeOf(createEventTable).returns.resolves.toBeVoid();
expectTypeOf(deleteEventTable).returns.resolves.toBeVoid();
expectTypeOf(describeEventTable).returns.resolves.toEqualTypeOf<EventTableState>();

const table = { tableName: 'events', layout: 'single-table' } as const;
await createEventTable(client, table);
await createEventTable(client, { ...table, stream: true, tags: { team: 'pokedex' } });
await createEventTable(client, {
  ...table,
  billing: { mode: 'provisioned', readCapacityUnits: 1, writeCapacityUnits: 1 },
});
// @ts-expect-error: a layout that does not exist
await createEventTable(client, { tableName: 'events', layout: 'two-tables' });
// @ts-expect-error: no layout
await createEventTable(client, { tableName: 'events' });
// @ts-expect-error: provisioned capacity has no default
await createEventTable(client, { ...table, billing: { mode: 'provisioned' } });
await createEventTable(client, {
  ...table,
  // @ts-expect-error: capacity units are of provisioned tables
  billing: { mode: 'on-demand', readCapacityUnits: 1, writeCapacityUnits: 1 },
});
// @ts-expect-error: a misspelt option
await createEventTable(client, { ...table, deletionProtected: true });
// @ts-expect-error: no client
await deleteEventTable({ tableName: 'events' });
// @ts-expect-error: the layout says what to hold the table against
await describeEventTable(client, { tableName: 'events' });
