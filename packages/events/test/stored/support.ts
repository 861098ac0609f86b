import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type EventDetail, EventStore, EventType } from '@castore/core';
import { defineTransformation, type EventEncoding, type EventTransformation } from '@castore-dynamodb/adapter';
import { type EventTables, newAdapter } from '@castore-dynamodb/testing/eventTables';

export const context = { eventStoreId: 'POKEMONS' };

type Named = { name?: string; level?: number };

export interface Pokemon {
  aggregateId: string;
  version: number;
  names: (string | undefined)[];
}

/** An event store whose aggregates remember all names. */
export const storeOf = (
  { layout, dynamoDbClient, tableNames: { events: tableName } }: EventTables,
  { eventStoreId = context.eventStoreId, client = dynamoDbClient, transformations = [] as EventTransformation[] } = {},
) =>
  new EventStore({
    eventStoreId,
    eventTypes: [new EventType<'CAUGHT', Named, object>({ type: 'CAUGHT' })],
    reducer: (pokemon: Pokemon | undefined, { aggregateId, version, payload }): Pokemon => ({
      aggregateId,
      version,
      names: [...(pokemon?.names ?? []), payload?.name],
    }),
    eventStorageAdapter: newAdapter(layout, { tableName, dynamoDbClient: client, transformations }),
  });

export type Store = ReturnType<typeof storeOf>;

const timestampOf = (version: number): string => new Date(Date.UTC(2026, 0, 1) + version).toISOString();

export const caught = (aggregateId: string, version: number, rest: Partial<EventDetail> = {}) =>
  ({
    aggregateId,
    version,
    type: 'CAUGHT',
    timestamp: timestampOf(version),
    payload: { name: `Ash ${version}`, level: version },
    metadata: { by: 'Misty' },
    ...rest,
  }) as { aggregateId: string; version: number; type: 'CAUGHT'; timestamp: string; payload: Named; metadata: object };

export const push = async (eventStore: Store, aggregateId: string, last: number, first = 1): Promise<void> => {
  for (let version = first; version <= last; version++) await eventStore.pushEvent(caught(aggregateId, version));
};

export const eventsOf = async (eventStore: EventStore, aggregateId: string): Promise<EventDetail[]> =>
  (await eventStore.getEvents(aggregateId)).events;

/** Everything in a table, as it lies there. */
export const itemsIn = async (dynamoDbClient: DynamoDBClient, TableName: string) =>
  (await dynamoDbClient.send(new ScanCommand({ TableName, ConsistentRead: true }))).Items ?? [];

/** Keeps payloads elsewhere, under a name that says what they are. */
export const elsewhere = (objects = new Map<string, unknown>()): EventEncoding =>
  defineTransformation({
    name: 'elsewhere',
    encode: ({ payload, metadata }) => {
      if (payload === undefined) return undefined;
      const name = `s3://bucket/${(payload as Named).name}`;
      objects.set(name, payload);
      return { payload: name, metadata };
    },
    decode: async ({ payload, metadata }) => ({ payload: objects.get(payload as string), metadata }),
    referencesOf: ({ payload }) => [payload as string],
  });
