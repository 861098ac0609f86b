import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail, GroupedEvent } from '@castore/core';
import type { TestEngine } from '@castore-dynamodb/testing/engines';
import { type Adapter, describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import type { RecordedRequest } from '@castore-dynamodb/testing/recordRequests';

import type { EventTableLayout } from '../src/index.js';

export { type Adapter, newAggregateId, rejection } from '@castore-dynamodb/testing/eventTables';

export interface TestAdapter {
  engine: TestEngine;
  layout: EventTableLayout;
  tableName: string;
  dynamoDbClient: DynamoDBClient;
  adapter: Adapter;
  /** Every request since the last test began. */
  requests: RecordedRequest[];
}

export const createAdapter = (layout: EventTableLayout, tableName: string, dynamoDbClient: DynamoDBClient): Adapter =>
  newAdapter(layout, { tableName, dynamoDbClient });

/** Runs the tests on every layout on every engine, each with a table of its own. */
export const describeOnEveryAdapter = (
  name: string,
  tests: (context: TestAdapter) => void,
  layouts?: readonly EventTableLayout[],
  engines: 'every' | 'one' = 'every',
): void =>
  describeOnEveryLayout(
    name,
    ({ tableNames: { events: tableName }, ...tables }) =>
      tests({
        ...tables,
        tableName,
        adapter: newAdapter(tables.layout, { tableName, dynamoDbClient: tables.dynamoDbClient }),
      }),
    { layouts, engines, inTurns: true },
  );

export const context = { eventStoreId: 'POKEMONS' };

export const caught = (aggregateId: string, version: number, rest: Partial<EventDetail> = {}): EventDetail => ({
  aggregateId,
  version,
  type: 'POKEMON_CAUGHT',
  timestamp: `2026-01-01T00:00:00.${String(version % 1000).padStart(3, '0')}Z`,
  ...rest,
});

/** Pushes versions 1 to `count` of an aggregate; `size` bytes of payload each. */
export const pushMany = async (
  adapter: Adapter,
  aggregateId: string,
  count: number,
  size = 0,
): Promise<EventDetail[]> => {
  const events = Array.from({ length: count }, (_, index) =>
    caught(aggregateId, index + 1, size === 0 ? {} : { payload: { text: 'x'.repeat(size) } }),
  );
  for (let start = 0; start < events.length; start += 25) {
    await Promise.all(events.slice(start, start + 25).map(event => adapter.pushEvent(event, context)));
  }
  return events;
};

/** Pushes versions 1 to `count` of an aggregate, the fast way; returns the last event. */
export const pushInGroups = async (adapter: Adapter, aggregateId: string, count: number): Promise<EventDetail> => {
  let last: EventDetail | undefined;
  for (let done = 0; done < count; done += 100) {
    const group = Array.from({ length: Math.min(100, count - done) }, (_, index) => {
      const { timestamp: __, ...event } = caught(aggregateId, done + index + 1);
      return Object.assign(adapter.groupEvent(event), { context });
    });
    const { eventGroup } = await adapter.pushEventGroup({}, ...(group as [GroupedEvent]));
    last = eventGroup.at(-1)?.event;
  }
  return last as EventDetail;
};
