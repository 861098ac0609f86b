import { setTimeout as sleep } from 'node:timers/promises';

import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { type EventDetail, EventStore, EventType } from '@castore/core';
import {
  createEventTable,
  DynamoDbSingleTableEventStorageAdapter,
  deleteEventTable,
  describeEventTable,
  formatEventForTransaction,
  pushEventsTransaction,
} from '@castore-dynamodb/adapter';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';
import {
  createProjectionTable,
  createStreamHandler,
  DynamoDbCheckpointStore,
  deleteProjection,
  dynamoDbProjection,
  InMemoryCheckpointStore,
  type Projection,
  projection,
  readAllEvents,
  replayEvents,
  StreamPoller,
  type StreamRecord,
} from '@castore-dynamodb/streams';
import type { EventTableOperation } from '@castore-dynamodb/table';

interface Aggregate {
  aggregateId: string;
  version: number;
}

const eventTypes = ['CAUGHT', 'NAMED', 'RELEASED'].map(type => new EventType({ type }));
const layout = 'single-table';
const CONTEXT = { eventStoreId: 'POKEMONS' };

export interface Clients {
  dynamoDbClient: DynamoDBClient;
  dynamoDbStreamsClient: DynamoDBStreamsClient;
}

export interface Tables {
  eventTable: string;
  /** An event table that is yet to be created. */
  newTable: string;
  projectionTable: string;
  snapshotTable: string;
}

let lastAggregate = 0;

/** Something that an operation does: what it needs beforehand is made by clients that nobody watches. */
export type Way = () => Promise<() => Promise<unknown>>;

/** Every operation, done by the packages themselves. One without a way does not compile. */
export const waysOf = (
  unwatched: Clients,
  { dynamoDbClient, dynamoDbStreamsClient }: Clients,
  { eventTable, newTable, projectionTable, snapshotTable }: Tables,
): Record<EventTableOperation, Way> => {
  const adapterOf = (client: DynamoDBClient, gapless = false) =>
    new DynamoDbSingleTableEventStorageAdapter({ tableName: eventTable, dynamoDbClient: client, gapless });
  const storeOf = (client: DynamoDBClient) =>
    new EventStore({
      ...CONTEXT,
      eventTypes,
      reducer: (_: Aggregate, { aggregateId, version }: EventDetail): Aggregate => ({ aggregateId, version }),
      eventStorageAdapter: adapterOf(client),
    });
  const [adapter, eventStore] = [adapterOf(dynamoDbClient), storeOf(dynamoDbClient)];
  const event = (aggregateId: string, version: number) => ({
    aggregateId,
    version,
    type: eventTypes[(version - 1) % 3]?.type ?? '',
  });

  /** An aggregate that has events. */
  const stored = async (versions = 3): Promise<string> => {
    const aggregateId = `pikachu-${++lastAggregate}`;
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

  const snapshotsOf = (client: DynamoDBClient, newest?: number) =>
    new DynamoDbSnapshotStorage({
      tableName: snapshotTable,
      dynamoDbClient: client,
      ...(newest !== undefined && { retention: { newest } }),
    });
  const snapshotting = (client: DynamoDBClient, reducerVersion = '1') =>
    withSnapshots(storeOf(client), {
      storage: snapshotsOf(client),
      reducerVersion,
      policy: everyNEvents(2),
      onSnapshotError: error => {
        throw error;
      },
    });
  const withSnapshot = async (): Promise<string> => {
    const aggregateId = await stored(1);
    const store = snapshotting(unwatched.dynamoDbClient);
    await store.pushEvent(event(aggregateId, 2));
    await store.snapshots.settled();
    return aggregateId;
  };

  const aSnapshot = async () => {
    const series = { eventStoreId: 'POKEMONS', aggregateId: await withSnapshot(), reducerVersion: '1' };
    const snapshot = await snapshotsOf(unwatched.dynamoDbClient).getSnapshot(series);
    if (snapshot === undefined) throw new Error('There is no snapshot.');
    return snapshot;
  };

  const storeIn = (client: DynamoDBClient) =>
    new DynamoDbCheckpointStore({ tableName: projectionTable, dynamoDbClient: client });
  const logOf = (client: DynamoDBClient, on = (): void => {}) =>
    projection({
      name: `log-${lastAggregate}`,
      eventStores: [storeOf(client)],
      checkpoints: storeIn(client),
      on: { CAUGHT: on, NAMED: on, RELEASED: on },
    });
  const viewOf = (client: DynamoDBClient) =>
    dynamoDbProjection({
      name: `view-${lastAggregate}`,
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
    await handle(logOf(unwatched.dynamoDbClient, failing), records);
  };
  const inMemory = (on: (event: EventDetail) => void = () => {}) =>
    projection({
      name: 'in-memory',
      eventStores: [eventStore],
      checkpoints: new InMemoryCheckpointStore(),
      on: { CAUGHT: on, NAMED: on, RELEASED: on },
    });

  const group = (aggregateId: string, version: number) =>
    Object.assign(adapter.groupEvent(event(aggregateId, version)), { context: CONTEXT });

  return {
    getEvents: async () => {
      const aggregateId = await stored();
      return async () => {
        await adapter.getEvents(aggregateId, CONTEXT, { reverse: true, limit: 1 });
        for await (const _event of adapter.streamEvents(aggregateId, CONTEXT)) break;
        await eventStore.getAggregate(aggregateId);
      };
    },
    pushEvent: async () => {
      const aggregateId = await stored();
      return async () => {
        await adapter.pushEvent(event(aggregateId, 4), CONTEXT);
        await expect(adapter.pushEvent(event(aggregateId, 4), CONTEXT)).rejects.toThrow();
        await adapter.pushEvent(event(aggregateId, 4), { ...CONTEXT, force: true });
      };
    },
    pushEventGroup: async () => {
      const [one, other] = [await stored(), await stored()];
      return async () => {
        await adapter.pushEventGroup({}, group(one, 4), group(other, 4));
        await expect(adapter.pushEventGroup({}, group(one, 4), group(other, 5))).rejects.toThrow();
      };
    },
    readPredecessor: async () => {
      const aggregateId = await stored();
      return () => expect(adapterOf(dynamoDbClient, true).pushEvent(event(aggregateId, 7), CONTEXT)).rejects.toThrow();
    },
    checkUnchanged: async () => {
      const [pushed, unchanged] = [await stored(), await stored()];
      const check = { ...CONTEXT, eventStorageAdapter: adapter, aggregateId: unchanged, version: 3 };
      return () =>
        pushEventsTransaction([formatEventForTransaction(eventStore, event(pushed, 4))], { checks: [check] });
    },
    listAggregateIds: async () => {
      await stored();
      await stored();
      return async () => {
        const { nextPageToken = '' } = await adapter.listAggregateIds(CONTEXT, { limit: 1 });
        await adapter.listAggregateIds(CONTEXT, { pageToken: nextPageToken });
      };
    },
    readAllEvents: async () => {
      await stored();
      return async () => {
        for await (const _message of readAllEvents({ eventStores: [eventStore] }));
      };
    },

    readSnapshots: async () => {
      const aggregateId = await withSnapshot();
      return async () => {
        const { snapshot } = await snapshotting(dynamoDbClient).getAggregate(aggregateId);
        expect(snapshot?.version).toBe(2);
      };
    },
    writeSnapshots: async () => {
      const snapshot = await aSnapshot();
      return () => snapshotsOf(dynamoDbClient).putSnapshot(snapshot);
    },
    deleteSnapshots: async () => {
      const [aggregateId, { version, ...snapshot }] = [await withSnapshot(), await aSnapshot()];
      return async () => {
        await snapshotsOf(dynamoDbClient, 1).applyRetention({ ...snapshot, version: version + 1 });
        await snapshotting(dynamoDbClient).snapshots.deleteOf(aggregateId);
      };
    },
    maintainSnapshots: async () => {
      await stored();
      await withSnapshot();
      return async () => {
        const store = snapshotting(dynamoDbClient, '2');
        for await (const _progress of store.snapshots.build());
        for await (const _progress of store.snapshots.deleteOutdated());
      };
    },

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
      await handle(viewOf(unwatched.dynamoDbClient), await recordsOf(aggregateId, 1, 2));
      const view = viewOf(dynamoDbClient);
      return async () => expect(await view.getView(aggregateId)).toEqual({ names: 1 });
    },
    listParked: async () => {
      await park();
      const log = logOf(dynamoDbClient);
      return async () => expect(await log.listParked()).toHaveLength(1);
    },
    retryParked: async () => {
      await park();
      const log = logOf(dynamoDbClient);
      const [parked] = await logOf(unwatched.dynamoDbClient).listParked();
      if (parked === undefined) throw new Error('Nothing is parked.');
      return () => log.retryParked(parked, { skip: true });
    },
    replayEvents: async () => {
      // What is missing in the table's pages is looked for, strongly consistent.
      const Key = { aggregateId: { S: `POKEMONS#${await stored()}` }, version: { N: '2' } };
      await unwatched.dynamoDbClient.send(new DeleteItemCommand({ TableName: eventTable, Key }));
      const projections = ['one', 'other'].map(name =>
        projection({
          name: `replayed-${name}-${lastAggregate}`,
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
      await unwatched.dynamoDbClient.send(
        new UpdateTableCommand({
          TableName: eventTable,
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        }),
      );
      await storeOf(unwatched.dynamoDbClient).pushEvent(event(aggregateId, 3));
      const versions: number[] = [];
      const log = inMemory(({ version }) => void versions.push(version));
      const poller = new StreamPoller({
        name: `poller-${lastAggregate}`,
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
      await handle(viewOf(unwatched.dynamoDbClient), await recordsOf(aggregateId, 1, 2));
      const name = viewOf(dynamoDbClient).name;
      return () => deleteProjection({ name, tableName: projectionTable, dynamoDbClient });
    },

    createEventTable: async () => () => createEventTable(dynamoDbClient, { tableName: newTable, layout }),
    enablePointInTimeRecovery: async () => () =>
      // No local engine has it; the request is sent all the same.
      expect(
        createEventTable(dynamoDbClient, { tableName: newTable, layout, pointInTimeRecovery: true }),
      ).rejects.toThrow(),
    describeEventTable: async () => () => describeEventTable(dynamoDbClient, { tableName: newTable, layout }),
    deleteEventTable: async () => () => deleteEventTable(dynamoDbClient, { tableName: newTable }),
    createProjectionTable: async () => () => createProjectionTable(dynamoDbClient, { tableName: projectionTable }),
  };
};

const until = async (isSo: () => boolean): Promise<void> => {
  for (let waited = 0; !isSo(); waited += 20) {
    if (waited > 20_000) throw new Error('It did not come to that within 20 seconds.');
    await sleep(20);
  }
};
