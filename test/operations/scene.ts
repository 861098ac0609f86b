import { type AttributeValue, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { type EventDetail, EventStore, EventType } from '@castore/core';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import type { StreamRecord } from '@castore-dynamodb/streams';

interface Aggregate {
  aggregateId: string;
  version: number;
}

const eventTypes = ['CAUGHT', 'NAMED', 'RELEASED'].map(type => new EventType({ type }));

export const CONTEXT = { eventStoreId: 'POKEMONS' };

export interface Clients {
  dynamoDbClient: DynamoDBClient;
  dynamoDbStreamsClient: DynamoDBStreamsClient;
}

export interface Tables {
  eventTable: string;
  /** An event table that is yet to be created. */
  newTable: string;
  projectionTable: string;
  /** One that is yet to be created. */
  newProjectionTable: string;
  snapshotTable: string;
}

/** Something that an operation does: what it needs beforehand is made by clients that nobody watches. */
export type Way = () => Promise<() => Promise<unknown>>;

let lastAggregate = 0;

/** A new name for a projection, or a poller. */
export const newName = (what: string): string => `${what}-${++lastAggregate}`;

export type Scene = ReturnType<typeof newScene>;

/** What the ways of all operations share: clients, tables, and events in them. */
export const newScene = (unwatched: Clients, watched: Clients, tables: Tables) => {
  const { eventTable } = tables;
  const adapterOf = (client: DynamoDBClient, gapless = false) =>
    new DynamoDbSingleTableEventStorageAdapter({ tableName: eventTable, dynamoDbClient: client, gapless });
  const storeOf = (client: DynamoDBClient) =>
    new EventStore({
      ...CONTEXT,
      eventTypes,
      reducer: (_: Aggregate, { aggregateId, version }: EventDetail): Aggregate => ({ aggregateId, version }),
      eventStorageAdapter: adapterOf(client),
    });
  const event = (aggregateId: string, version: number) => ({
    aggregateId,
    version,
    type: eventTypes[(version - 1) % 3]?.type ?? '',
  });

  /** An aggregate that has events. */
  const stored = async (versions = 3): Promise<string> => {
    const aggregateId = newName('pikachu');
    for (let version = 1; version <= versions; version++) {
      await storeOf(unwatched.dynamoDbClient).pushEvent(event(aggregateId, version));
    }
    return aggregateId;
  };
  const recordOf = async (aggregateId: string, version: number): Promise<StreamRecord> => {
    const Key = { aggregateId: { S: `POKEMONS#${aggregateId}` }, version: { N: String(version) } };
    const { Item } = await unwatched.dynamoDbClient.send(new GetItemCommand({ TableName: eventTable, Key }));
    return { dynamodb: { NewImage: Item as Record<string, AttributeValue>, SequenceNumber: `${version}` } };
  };
  const recordsOf = async (aggregateId: string, ...versions: number[]) =>
    Promise.all(versions.map(version => recordOf(aggregateId, version)));

  return {
    ...watched,
    unwatched: unwatched.dynamoDbClient,
    tables,
    adapterOf,
    storeOf,
    adapter: adapterOf(watched.dynamoDbClient),
    eventStore: storeOf(watched.dynamoDbClient),
    event,
    stored,
    recordsOf,
  };
};
