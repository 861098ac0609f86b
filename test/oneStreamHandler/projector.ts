import { type AttributeValue, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type EventDetail, EventStore, EventType } from '@castore/core';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  dynamoDbProjection,
  projection,
  type StreamRecord,
} from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';

interface Aggregate {
  aggregateId: string;
  version: number;
}

const caught = new EventType<'CAUGHT'>({ type: 'CAUGHT' });
const named = new EventType<'NAMED'>({ type: 'NAMED' });
const released = new EventType<'RELEASED'>({ type: 'RELEASED' });

/** What a function on the stream does, in the four ways that its permissions are for. */
export interface Ways {
  /** A batch that makes, changes and deletes views, misses an event, and parks what cannot be handled. */
  handle: () => Promise<void>;
  getView: () => Promise<unknown>;
  listParked: () => Promise<unknown[]>;
  /** Also what `grantProjections` and `grantGetEvents` are for. */
  retryParked: () => Promise<void>;
}

/** A real projector, with events to handle, between an event table and a table of projections. */
export const projectorOn = async (
  dynamoDbClient: DynamoDBClient,
  projectionTable: string,
): Promise<{ eventTable: string; ways: (client: DynamoDBClient) => Ways }> => {
  const eventTable = uniqueTableName('events');
  await createEventTable(dynamoDbClient, { tableName: eventTable, layout: 'single-table', stream: true });
  const storeOf = (client: DynamoDBClient) =>
    new EventStore({
      eventStoreId: 'POKEMONS',
      eventTypes: [caught, named, released],
      reducer: (_: Aggregate, { aggregateId, version }: EventDetail): Aggregate => ({ aggregateId, version }),
      eventStorageAdapter: new DynamoDbSingleTableEventStorageAdapter({
        tableName: eventTable,
        dynamoDbClient: client,
      }),
    });

  const pokemons = storeOf(dynamoDbClient);
  for (const aggregateId of ['pikachu', 'raichu']) {
    for (const [index, type] of (['CAUGHT', 'NAMED', 'RELEASED'] as const).entries()) {
      await pokemons.pushEvent({ aggregateId, version: index + 1, type });
    }
  }
  const recordOf = async (aggregateId: string, version: number): Promise<StreamRecord> => {
    const Key = { aggregateId: { S: `POKEMONS#${aggregateId}` }, version: { N: String(version) } };
    const { Item } = await dynamoDbClient.send(new GetItemCommand({ TableName: eventTable, Key }));
    return {
      dynamodb: { NewImage: Item as Record<string, AttributeValue>, SequenceNumber: `${aggregateId}-${version}` },
    };
  };
  const inOrder = [await recordOf('pikachu', 1), await recordOf('pikachu', 2), await recordOf('pikachu', 3)];
  const withGap = [await recordOf('raichu', 2)];

  const ways = (client: DynamoDBClient): Ways => {
    const eventStores = [storeOf(client)];
    const view = dynamoDbProjection({
      name: 'pokemons',
      eventStores,
      tableName: projectionTable,
      dynamoDbClient: client,
      initialView: { names: 0 },
      key: ({ aggregateId }) => aggregateId,
      project: {
        CAUGHT: caughtView => caughtView,
        NAMED: ({ names }) => ({ names: names + 1 }),
        RELEASED: () => undefined,
      },
    });
    const failing = projection({
      name: 'mailer',
      eventStores,
      checkpoints: new DynamoDbCheckpointStore({ tableName: projectionTable, dynamoDbClient: client }),
      on: {
        NAMED: () => {
          throw new Error('No mail server.');
        },
      },
    });
    const handler = createStreamHandler({ projections: [view, failing], maxAttempts: 1, onFailure: () => 'park' });
    const [first] = inOrder;

    return {
      handle: async () => {
        for (const Records of [first === undefined ? [] : [first], inOrder, withGap]) {
          expect(await handler({ Records })).toEqual({ batchItemFailures: [] });
        }
      },
      getView: () => view.getView('raichu'),
      listParked: () => failing.listParked(),
      retryParked: async () => {
        for (const parked of await failing.listParked()) await failing.retryParked(parked, { skip: true });
      },
    };
  };

  return { eventTable, ways };
};
