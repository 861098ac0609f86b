import { randomBytes } from 'node:crypto';

import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import { deleteEventTable } from '@castore-dynamodb/adapter';
import { createProjectionTable } from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { type EventTables, newAdapter } from '@castore-dynamodb/testing/eventTables';

import {
  DynamoDbSubjectKeys,
  type DynamoDbSubjectKeysOptions,
  type EncryptionOptions,
  encryption,
  localWrapping,
} from '../../src/index.js';

export const context = { eventStoreId: 'CUSTOMERS' };
export const REGISTERED = 'CUSTOMER_REGISTERED';

export const event = (aggregateId: string, version: number, rest: Partial<EventDetail> = {}): EventDetail => ({
  aggregateId,
  version,
  type: REGISTERED,
  timestamp: '2026-01-01T00:00:00.000Z',
  ...rest,
});

type Item = Record<string, AttributeValue>;

/** A table of keys, made before the tests and deleted after them. */
export const keysTable = (dynamoDbClient: DynamoDBClient) => {
  const tableName = uniqueTableName('keys');
  const wrapping = localWrapping(randomBytes(32));
  beforeAll(() => createProjectionTable(dynamoDbClient, { tableName }));
  afterAll(() => deleteEventTable(dynamoDbClient, { tableName }));
  return {
    tableName,
    wrapping,
    /** The keys as another process has them: with a cache of its own. */
    newKeys: (options: Partial<DynamoDbSubjectKeysOptions> = {}) =>
      new DynamoDbSubjectKeys({ tableName, dynamoDbClient, wrapping, ...options }),
    items: async () => (await dynamoDbClient.send(new ScanCommand({ TableName: tableName }))).Items as Item[],
    put: (item: Item) => dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item: item })),
  };
};

export const encryptedTables = ({ layout, tableNames: { events: tableName }, dynamoDbClient }: EventTables) => {
  const keys = keysTable(dynamoDbClient);
  const Key = (aggregateId: string, version: number) => ({
    aggregateId: { S: layout === 'single-table' ? `CUSTOMERS#${aggregateId}` : aggregateId },
    version: { N: String(version) },
  });
  const itemOf = async (aggregateId: string, version: number): Promise<Item> => {
    const get = { TableName: tableName, Key: Key(aggregateId, version), ConsistentRead: true };
    return (await dynamoDbClient.send(new GetItemCommand(get))).Item as Item;
  };
  return {
    ...keys,
    /** An adapter whose subjects are the aggregates; of another process, unless it is given keys. */
    open: (options: Partial<EncryptionOptions> = {}, client = dynamoDbClient) =>
      newAdapter(layout, {
        tableName,
        dynamoDbClient: client,
        transformations: [
          encryption({ keys: keys.newKeys(), subjectOf: ({ aggregateId }) => aggregateId, ...options }),
        ],
      }),
    plain: newAdapter(layout, { tableName, dynamoDbClient }),
    itemOf,
    /** Writes an item as it lies somewhere else in the table. */
    move: async (from: readonly [string, number], to: readonly [string, number]) => {
      const Item = { ...(await itemOf(...from)), ...Key(...to) };
      await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    putItem: (item: Item) => dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item: item })),
  };
};

/** Whether a text is anywhere in an item, in whatever encoding of bytes. */
export const holds = (item: unknown, text: string): boolean =>
  JSON.stringify(item, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  ).includes(text);
