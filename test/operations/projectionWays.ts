import { setTimeout as sleep } from 'node:timers/promises';

import { DeleteItemCommand, type DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  deleteProjection,
  dynamoDbProjection,
  InMemoryCheckpointStore,
  type Projection,
  projection,
  replayEvents,
  StreamPoller,
  type StreamRecord,
} from '@castore-dynamodb/streams';

import { newName, type Scene, type Way } from './scene.js';

/** Projections, and all that brings them up to date. */
export const projectionWays = ({
  storeOf,
  eventStore,
  unwatched,
  dynamoDbClient,
  dynamoDbStreamsClient,
  event,
  stored,
  recordsOf,
  tables,
}: Scene) => {
  const { eventTable, projectionTable } = tables;
  const [logName, viewName] = [newName('log'), newName('view')];
  const storeIn = (client: DynamoDBClient) =>
    new DynamoDbCheckpointStore({ tableName: projectionTable, dynamoDbClient: client });
  const logOf = (client: DynamoDBClient, on = (): void => {}) =>
    projection({
      name: logName,
      eventStores: [storeOf(client)],
      checkpoints: storeIn(client),
      on: { CAUGHT: on, NAMED: on, RELEASED: on },
    });
  const viewOf = (client: DynamoDBClient) =>
    dynamoDbProjection({
      name: viewName,
      eventStores: [storeOf(client)],
      tableName: projectionTable,
      dynamoDbClient: client,
      initialView: { names: 0 },
      key: ({ aggregateId }) => aggregateId,
      project: {
        CAUGHT: view => view,
        NAMED: ({ names }) => ({ names: names + 1 }),
        RELEASED: () => undefined,
      },
    });
  const failing = (): void => {
    throw new Error('No mail server.');
  };
  const handle = async (aProjection: Projection, Records: StreamRecord[]): Promise<void> => {
    const handler = createStreamHandler({ projections: [aProjection], maxAttempts: 1, onFailure: () => 'park' });
    expect(await handler({ Records })).toEqual({ batchItemFailures: [] });
  };
  const park = async (): Promise<void> => {
    const records = await recordsOf(await stored(), 1);
    await handle(logOf(unwatched, failing), records);
  };
  const inMemory = (on: (event: EventDetail) => void = () => {}) =>
    projection({
      name: 'in-memory',
      eventStores: [eventStore],
      checkpoints: new InMemoryCheckpointStore(),
      on: { CAUGHT: on, NAMED: on, RELEASED: on },
    });

  return {
    streamHandler: async () => {
      const records = await recordsOf(await stored(), 3);
      return () => handle(inMemory(), records);
    },
    projection: async () => {
      const aggregateId = await stored();
      const records = await recordsOf(aggregateId, 1, 2, 3);
      const log = logOf(dynamoDbClient);
      const parking = logOf(dynamoDbClient, failing);
      return async () => {
        await handle(log, records);
        await handle(parking, await recordsOf(await stored(), 1, 2));
      };
    },
    dynamoDbProjection: async () => {
      const records = await recordsOf(await stored(), 1, 2, 3);
      const view = viewOf(dynamoDbClient);
      return async () => {
        for (const record of records) await handle(view, [record]);
      };
    },
    getView: async () => {
      const aggregateId = await stored();
      await handle(viewOf(unwatched), await recordsOf(aggregateId, 1, 2));
      const view = viewOf(dynamoDbClient);
      return async () => expect(await view.getView(aggregateId)).toEqual({ names: 1 });
    },
    listParked: async () => {
      await park();
      const log = logOf(dynamoDbClient);
      return async () => expect(await log.listParked()).not.toEqual([]);
    },
    retryParked: async () => {
      await park();
      const log = logOf(dynamoDbClient);
      const [parked] = await logOf(unwatched).listParked();
      if (parked === undefined) throw new Error('Nothing is parked.');
      return () => log.retryParked(parked, { skip: true });
    },
    replayEvents: async () => {
      // What is missing in the table's pages is looked for, strongly consistent.
      const Key = { aggregateId: { S: `POKEMONS#${await stored()}` }, version: { N: '2' } };
      await unwatched.send(new DeleteItemCommand({ TableName: eventTable, Key }));
      const projections = ['one', 'other'].map(name =>
        projection({
          name: newName(name),
          eventStores: [eventStore],
          checkpoints: storeIn(dynamoDbClient),
          on: { CAUGHT: () => {} },
        }),
      );
      return () => replayEvents({ projections, onProgress: () => {}, onFailure: () => 'park' });
    },
    streamPoller: async () => {
      const aggregateId = await stored(2);
      // What was pushed before there was a stream has to be read from the table.
      await unwatched.send(
        new UpdateTableCommand({
          TableName: eventTable,
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        }),
      );
      await storeOf(unwatched).pushEvent(event(aggregateId, 3));
      const versions: number[] = [];
      const log = inMemory(({ version }) => void versions.push(version));
      const poller = new StreamPoller({
        name: newName('poller'),
        projections: [log],
        checkpoints: storeIn(dynamoDbClient),
        dynamoDbStreamsClient,
        pollIntervalMs: 20,
        onError: () => {},
      });
      return async () => {
        try {
          await poller.start();
          await until(() => versions.length === 3);
        } finally {
          await poller.stop();
        }
      };
    },
    deleteProjection: async () => {
      const aggregateId = await stored();
      await handle(viewOf(unwatched), await recordsOf(aggregateId, 1, 2));
      const name = viewOf(dynamoDbClient).name;
      return () => deleteProjection({ name, tableName: projectionTable, dynamoDbClient });
    },
  } satisfies Record<string, Way>;
};

const until = async (isSo: () => boolean): Promise<void> => {
  for (let waited = 0; !isSo(); waited += 20) {
    if (waited > 20_000) throw new Error('It did not come to that within 20 seconds.');
    await sleep(20);
  }
};
