import { deepStrictEqual } from 'node:assert/strict';

import type * as Sdk from '@aws-sdk/client-dynamodb';
import type { EventDetail, GroupedEvent } from '@castore/core';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import { caught, context, newAggregateId, rejection } from '../support.js';
import type { LoadedAdapter } from './sdkVersions.js';

export interface TableOnSdk {
  tableName: string;
  createClient: () => Sdk.DynamoDBClient;
  createAdapter: (dynamoDbClient: Sdk.DynamoDBClient) => AdapterOnSdk;
}

export type AdapterOnSdk = InstanceType<LoadedAdapter['adapter']['DynamoDbEventStorageAdapter']>;

/** An event table on every engine, and clients of it that are of one version of the SDK. */
export const describeWithTable = (
  name: string,
  { sdk, adapter: { createEventTable, deleteEventTable, DynamoDbEventStorageAdapter } }: LoadedAdapter,
  tests: (table: TableOnSdk) => void,
): void => {
  describeOnEveryEngine(name, ({ clientConfig }) => {
    const tableName = uniqueTableName('sdk');
    const clients: Sdk.DynamoDBClient[] = [];
    const createClient = (): Sdk.DynamoDBClient => {
      const client = new sdk.DynamoDBClient(clientConfig);
      clients.push(client);
      return client;
    };

    beforeAll(() => createEventTable(createClient(), { tableName, layout: 'table-per-store' }));
    afterAll(async () => {
      await deleteEventTable(createClient(), { tableName });
      for (const client of clients) client.destroy();
    });

    tests({
      tableName,
      createClient,
      createAdapter: dynamoDbClient => new DynamoDbEventStorageAdapter({ tableName, dynamoDbClient }),
    });
  });
};

/** What an application does with an adapter, in short: two pushes, two conflicts, two reads, a list. */
export const useAdapter = async (adapter: AdapterOnSdk, payload: unknown): Promise<void> => {
  const aggregateId = newAggregateId();
  const [first, second, third] = [1, 2, 3].map(version =>
    caught(aggregateId, version, { payload, timestamp: '2026-01-01T00:00:00.000Z' }),
  ) as [EventDetail, EventDetail, EventDetail];
  await adapter.pushEvent(first, context);
  const group = [second, third].map(event => Object.assign(adapter.groupEvent(event), { context }));
  await adapter.pushEventGroup({}, ...(group as [GroupedEvent]));

  const conflict = await rejection(adapter.pushEvent({ ...first, type: 'OTHER' }, context));
  expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError', version: 1 });
  deepStrictEqual((conflict as { winningEvent: unknown }).winningEvent, first);
  const groupConflict = await rejection(adapter.pushEventGroup({}, ...(group as [GroupedEvent])));
  expect(groupConflict).toMatchObject({ code: 'EventAlreadyExistsError', version: 2 });
  deepStrictEqual((groupConflict as { winningEvent: unknown }).winningEvent, second);

  deepStrictEqual(await adapter.getEvents(aggregateId, context), { events: [first, second, third] });
  deepStrictEqual(await adapter.getEvents(aggregateId, context, { reverse: true, limit: 1 }), { events: [third] });
  const { aggregateIds } = await adapter.listAggregateIds(context, { reverse: true });
  expect(aggregateIds).toContainEqual({ aggregateId, initialEventTimestamp: '2026-01-01T00:00:00.000Z' });
};

export const PAYLOAD = { name: 'Pokémon 🦄', level: 42, bytes: new Uint8Array([1, 2]), tags: new Set(['a']) };

export const PAYLOAD_WITH_PROTO = JSON.parse('{"__proto__":{"isAdmin":true},"name":"pikachu"}') as object;
