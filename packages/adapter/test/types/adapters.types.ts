import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail, EventStorageAdapter, EventsQueryOptions, GroupedEvent } from '@castore/core';
import { expectTypeOf } from 'expect-type';

import {
  DynamoDbEventStorageAdapter,
  type DynamoDbEventStorageAdapterOptions,
  DynamoDbSingleTableEventStorageAdapter,
  type DynamoDbSingleTableEventStorageAdapterOptions,
} from '../../src/index.js';
import { at, singleTable, tablePerStore } from './stores.js';

declare const dynamoDbClient: DynamoDBClient;
const context = { eventStoreId: 'POKEMONS' };

// Both stand wherever Castore wants an event storage adapter.
expectTypeOf(tablePerStore).toExtend<EventStorageAdapter>();
expectTypeOf(singleTable).toExtend<EventStorageAdapter>();
expectTypeOf(tablePerStore.getEvents).toExtend<EventStorageAdapter['getEvents']>();
expectTypeOf(tablePerStore.pushEvent).toEqualTypeOf<EventStorageAdapter['pushEvent']>();
expectTypeOf(tablePerStore.pushEventGroup).toExtend<EventStorageAdapter['pushEventGroup']>();
expectTypeOf(tablePerStore.groupEvent).toEqualTypeOf<EventStorageAdapter['groupEvent']>();
expectTypeOf(tablePerStore.listAggregateIds).toEqualTypeOf<EventStorageAdapter['listAggregateIds']>();

// A table's name may be a function, which is not to be awaited.
expectTypeOf<DynamoDbEventStorageAdapterOptions['tableName']>().toEqualTypeOf<string | (() => string)>();
expectTypeOf<DynamoDbSingleTableEventStorageAdapterOptions>().toExtend<DynamoDbEventStorageAdapterOptions>();
export const adapters: EventStorageAdapter[] = [
  new DynamoDbEventStorageAdapter({ tableName: () => 'events', dynamoDbClient, gapless: true }),
  new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient, initialEventShards: 8 }),
  // @ts-expect-error: a promise of a name
  new DynamoDbEventStorageAdapter({ tableName: async () => 'events', dynamoDbClient }),
  // @ts-expect-error: no client
  new DynamoDbEventStorageAdapter({ tableName: 'events' }),
  // @ts-expect-error: no table
  new DynamoDbSingleTableEventStorageAdapter({ dynamoDbClient }),
  // @ts-expect-error: the spelling of Castore's own 2.x adapters
  new DynamoDbEventStorageAdapter({ tableName: 'events', dynamoDBClient: dynamoDbClient }),
  // @ts-expect-error: shards are of the single table
  new DynamoDbEventStorageAdapter({ tableName: 'events', dynamoDbClient, initialEventShards: 8 }),
  // @ts-expect-error: an option that does not exist
  new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient, consistent: true }),
];

// Reading: events of any type, as Castore's adapters give them.
expectTypeOf(tablePerStore.getEvents).returns.resolves.toEqualTypeOf<{ events: EventDetail[] }>();
expectTypeOf(tablePerStore.getEvents).parameter(2).toEqualTypeOf<EventsQueryOptions | undefined>();
expectTypeOf(tablePerStore.streamEvents).parameters.toEqualTypeOf<Parameters<typeof tablePerStore.getEvents>>();
for await (const event of singleTable.streamEvents('1', context, { minVersion: 2, reverse: true, limit: 5 })) {
  expectTypeOf(event).toEqualTypeOf<EventDetail>();
}
// @ts-expect-error: a misspelt option
await singleTable.getEvents('1', context, { minversion: 2 });
// @ts-expect-error: no event store
await singleTable.getEvents('1', {}, { minVersion: 2 });
// @ts-expect-error: no string
await singleTable.getEvents(1, context);
// @ts-expect-error: no number
await singleTable.getEvents('1', context, { limit: '5' });
// @ts-expect-error: what it yields is no array
export const events: EventDetail[] = singleTable.streamEvents('1', context);

// Writing.
expectTypeOf(singleTable.pushEvent).returns.resolves.toEqualTypeOf<{ event: EventDetail }>();
await singleTable.pushEvent({ ...at, type: 'APPEARED' }, { ...context, force: true });
// @ts-expect-error: no version
await singleTable.pushEvent({ aggregateId: '1', type: 'APPEARED' }, context);
// @ts-expect-error: no event store
await singleTable.pushEvent({ ...at, type: 'APPEARED' }, { force: true });
// @ts-expect-error: a timestamp is a string, in ISO 8601
await singleTable.pushEvent({ ...at, type: 'APPEARED', timestamp: new Date() }, context);
// @ts-expect-error: a member that would not be stored
await singleTable.pushEvent({ ...at, type: 'APPEARED', color: 'yellow' }, context);

// Groups have one event or more; a client for a group is an option of ours.
declare const groupedEvent: GroupedEvent;
await singleTable.pushEventGroup({ force: false, dynamoDbClient }, groupedEvent, groupedEvent);
// @ts-expect-error: no event
await singleTable.pushEventGroup({});
// @ts-expect-error: no options
await singleTable.pushEventGroup(groupedEvent);
// @ts-expect-error: an event that was not grouped
await singleTable.pushEventGroup({}, { ...at, type: 'APPEARED' });
// @ts-expect-error: a misspelt option
await singleTable.pushEventGroup({ forced: true }, groupedEvent);

// Listing.
const page = await singleTable.listAggregateIds(context, { limit: 5, initialEventAfter: '2026', reverse: true });
expectTypeOf(page.aggregateIds).toEqualTypeOf<{ aggregateId: string; initialEventTimestamp: string }[]>();
expectTypeOf(page.nextPageToken).toEqualTypeOf<string | undefined>();
// @ts-expect-error: a misspelt option
await singleTable.listAggregateIds(context, { nextPageToken: 'x' });
// @ts-expect-error: a page token that may be missing is left out, not given as undefined
await singleTable.listAggregateIds(context, { pageToken: page.nextPageToken });
