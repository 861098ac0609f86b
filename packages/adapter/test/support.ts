import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail, GroupedEvent } from '@castore/core';

import { describeOnEveryEngine, type TestEngine, uniqueTableName } from '../../../test-support/engines.js';
import { type RecordedRequest, recordRequests } from '../../../test-support/recordRequests.js';
import {
  createEventTable,
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  deleteEventTable,
  type EventTableLayout,
} from '../src/index.js';

export type Adapter = DynamoDbEventStorageAdapter | DynamoDbSingleTableEventStorageAdapter;

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
  layout === 'single-table'
    ? new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient })
    : new DynamoDbEventStorageAdapter({ tableName, dynamoDbClient });

/** Runs the tests on every engine and layout, each with a table of its own. */
export const describeOnEveryAdapter = (
  name: string,
  tests: (context: TestAdapter) => void,
  layouts: readonly EventTableLayout[] = ['single-table', 'table-per-store'],
): void => {
  describeOnEveryEngine(name, engine => {
    for (const layout of layouts) {
      describe(`in layout ${layout}`, () => {
        const tableName = uniqueTableName('adapter');
        const dynamoDbClient = engine.client();
        const requests = recordRequests(dynamoDbClient);
        const adapter = createAdapter(layout, tableName, dynamoDbClient);

        beforeAll(() => createEventTable(dynamoDbClient, { tableName, layout }));
        beforeEach(() => void requests.splice(0));
        afterAll(() => deleteEventTable(dynamoDbClient, { tableName }));

        tests({ engine, layout, tableName, dynamoDbClient, adapter, requests });
      });
    }
  });
};

export const context = { eventStoreId: 'POKEMONS' };

let lastAggregate = 0;
export const newAggregateId = (): string => `pikachu-${++lastAggregate}`;

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

export const rejection = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to fail, and did not.');
};
