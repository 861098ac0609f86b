import { setTimeout as sleep } from 'node:timers/promises';

import { DescribeTableCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { type EventDetail, EventStore, EventType } from '@castore/core';
import * as adapterPackage from '@castore-dynamodb/adapter';
import { DynamoDbSnapshotStorage, withSnapshots } from '@castore-dynamodb/snapshots';
import {
  createProjectionTable,
  createStreamHandler,
  DynamoDbCheckpointStore,
  dynamoDbProjection,
  ImageParser,
  InMemoryCheckpointStore,
  type Projection,
  projection,
  readAllEvents,
  replayEvents,
  StreamPoller,
  type StreamRecord,
  toMessageChannel,
} from '@castore-dynamodb/streams';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { levels, sealed } from '@castore-dynamodb/testing/transformations';

const { createEventTable, deleteEventTable } = adapterPackage;

/** Another copy of the adapter, as of another version, or of CommonJS beside ESM. */
const loadCopy = (): typeof adapterPackage => {
  let copy: typeof adapterPackage | undefined;
  jest.isolateModules(() => {
    copy = jest.requireActual('@castore-dynamodb/adapter');
  });
  return copy as typeof adapterPackage;
};

const COPIES = [
  ['this copy', adapterPackage],
  ['another copy', loadCopy()],
] as const;

const SPEEDS = [
  ['at once', false],
  ['later', true],
] as const;

/** All that is seen of an aggregate is kept in it, so that it shows what a reader made of its events. */
interface Log {
  aggregateId: string;
  version: number;
  events: EventDetail[];
}

const leveled = new EventType<'POKEMON_LEVELED', { level: number; source?: string }, unknown>({
  type: 'POKEMON_LEVELED',
});
const newPokemons = (eventStorageAdapter: adapterPackage.DynamoDbEventStorageAdapter) =>
  new EventStore({
    eventStoreId: 'POKEMONS',
    eventTypes: [leveled],
    reducer: (log: Log, event: EventDetail): Log => ({
      aggregateId: event.aggregateId,
      version: event.version,
      events: [...(log?.events ?? []), event],
    }),
    eventStorageAdapter,
  });
type Pokemons = ReturnType<typeof newPokemons>;

/** Every record that is in the table's stream by now, as Lambda hands it out: bytes are base64. */
const streamOf = async (client: DynamoDBClient, streams: DynamoDBStreamsClient, tableName: string) => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  const StreamArn = Table?.LatestStreamArn as string;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const records: StreamRecord[] = [];
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    const type = { ShardIteratorType: 'TRIM_HORIZON' as const };
    let { ShardIterator } = await streams.send(new GetShardIteratorCommand({ StreamArn, ShardId, ...type }));
    for (let count = 1; count > 0 && ShardIterator !== undefined; ) {
      const page = await streams.send(new GetRecordsCommand({ ShardIterator }));
      count = page.Records?.length ?? 0;
      records.push(...((page.Records ?? []) as StreamRecord[]));
      ShardIterator = page.NextShardIterator;
    }
  }
  const json = JSON.stringify(records, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  return (JSON.parse(json) as StreamRecord[]).map(record => ({ ...record, eventSourceARN: StreamArn }));
};

describeOnEveryEngine('transformed events', engine => {
  describe.each(['single-table', 'table-per-store'] as const)('in layout %s', layout => {
    describe.each(COPIES)('with an adapter of %s', (_, { DynamoDbEventStorageAdapter, ...copy }) => {
      describe.each(SPEEDS)('are undone %s', (__, isLater) => {
        const [tableName, projectionTable] = [uniqueTableName('readers'), uniqueTableName('views')];
        const dynamoDbClient = engine.client();
        const streams = new DynamoDBStreamsClient(engine.clientConfig);
        const Adapter =
          layout === 'single-table' ? copy.DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
        const open = (transformations: adapterPackage.EventTransformation[]) =>
          newPokemons(new Adapter({ tableName, dynamoDbClient, transformations }));

        const pokemons = open([
          levels({ isLater }),
          sealed('inner', { isLater }),
          sealed('outer', { key: 0x33, isLater }),
        ]);
        const aggregateId = 'pikachu';
        const expected: EventDetail[] = [];

        beforeAll(async () => {
          await createEventTable(dynamoDbClient, { tableName, layout, stream: true });
          await createProjectionTable(dynamoDbClient, { tableName: projectionTable });
          const timestamp = '2026-01-01T00:00:00.000Z';
          // One from the time before there were any transformations, and two of today.
          const old = { aggregateId, version: 1, timestamp, type: 'LEVELED', payload: { lvl: 1 } };
          const plain = open([]).getEventStorageAdapter();
          await plain.pushEvent(old, { eventStoreId: 'POKEMONS' });
          expected.push({ ...old, type: 'POKEMON_LEVELED', payload: { level: 1 } });
          for (const version of [2, 3]) {
            const metadata = { bytes: new Uint8Array([version]), tags: new Set(['a']) };
            const event = { aggregateId, version, timestamp, type: 'POKEMON_LEVELED' as const, metadata };
            const { event: pushed } = await pokemons.pushEvent({ ...event, payload: { level: version } });
            expect(pushed).toStrictEqual({ ...event, payload: { source: 'game', level: version } });
            expected.push(pushed);
          }
        });
        afterAll(async () => {
          streams.destroy();
          await deleteEventTable(dynamoDbClient, { tableName });
          await deleteEventTable(dynamoDbClient, { tableName: projectionTable });
        });

        const checkpoints = () => new InMemoryCheckpointStore();
        const records = () => streamOf(dynamoDbClient, streams, tableName);
        const log = (name: string, seen: EventDetail[]): Projection =>
          projection({
            name,
            eventStores: [pokemons],
            checkpoints: checkpoints(),
            on: { POKEMON_LEVELED: event => void seen.push(event) },
          });
        const channel = (seen: EventDetail[], messageType: 'notification' | 'stateCarrying'): Projection =>
          toMessageChannel({
            name: `channel-${messageType}`,
            eventStores: [pokemons],
            checkpoints: checkpoints(),
            messageChannel: {
              messageType: messageType as 'stateCarrying',
              sourceEventStores: [pokemons],
              publishMessage: async ({ event, aggregate }: { event: EventDetail; aggregate?: Log }) => {
                seen.push(event);
                if (messageType === 'stateCarrying') {
                  expect(aggregate?.events).toStrictEqual(expected.slice(0, event.version));
                }
              },
            },
          });
        const inHandler = async (one: Projection): Promise<void> => {
          const handler = createStreamHandler({ projections: [one], maxAttempts: 1 });
          await expect(handler(await records())).resolves.toStrictEqual({ batchItemFailures: [] });
        };
        const seenBy = async (run: (seen: EventDetail[]) => Promise<unknown>): Promise<EventDetail[]> => {
          const seen: EventDetail[] = [];
          await run(seen);
          return seen;
        };
        const winner = async (version: number): Promise<EventDetail> => {
          const event = { aggregateId, version, type: 'POKEMON_LEVELED' as const, payload: { level: 9 }, metadata: 0 };
          return pokemons.pushEvent(event).then(
            () => Promise.reject(new Error('There was no conflict.')),
            (error: unknown) => (error as { winningEvent: EventDetail }).winningEvent,
          );
        };
        const snapshotting = (transactional: boolean) =>
          withSnapshots<Pokemons>(pokemons, {
            storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
            reducerVersion: `of ${transactional}`,
            onSnapshotError: error => expect(error).toBeUndefined(),
          });

        const READERS: Record<string, () => Promise<EventDetail[]>> = {
          getEvents: async () => (await pokemons.getEvents(aggregateId)).events,
          streamEvents: () =>
            seenBy(async seen => {
              const adapter = pokemons.getEventStorageAdapter() as adapterPackage.DynamoDbEventStorageAdapter;
              for await (const event of adapter.streamEvents(aggregateId, pokemons)) seen.push(event);
            }),
          winningEvent: () => Promise.all([1, 2, 3].map(winner)),
          'an aggregate': async () => (await pokemons.getExistingAggregate(aggregateId)).aggregate.events,
          'a load without a snapshot': async () =>
            (await snapshotting(true).getExistingAggregate(aggregateId)).aggregate.events,
          'a snapshot that is built, and a load from it': async () => {
            const store = snapshotting(false);
            for await (const { failures } of store.snapshots.build()) expect(failures).toBe(0);
            const { aggregate, snapshot } = await store.getExistingAggregate(aggregateId);
            expect(snapshot).toMatchObject({ version: 3, reducerVersion: 'of false' });
            return aggregate.events;
          },
          'ImageParser.parseRecords': async () => {
            const parser = new ImageParser({ sourceEventStores: [pokemons] });
            return (await parser.parseRecords(await records())).map(({ event }) => event);
          },
          'a stream handler': () => seenBy(async seen => inHandler(log('handler', seen))),
          'a poller': () =>
            seenBy(async seen => {
              const errors: unknown[] = [];
              const poller = new StreamPoller({
                name: 'poller',
                projections: [log('polled', seen)],
                checkpoints: checkpoints(),
                dynamoDbStreamsClient: streams,
                pollIntervalMs: 10,
                onError: error => void errors.push(error),
              });
              await poller.start();
              for (let round = 0; round < 500 && seen.length < 3; round++) await sleep(20);
              await poller.stop();
              expect(errors).toStrictEqual([]);
            }),
          dynamoDbProjection: async () => {
            const view = dynamoDbProjection({
              name: 'view',
              eventStores: [pokemons],
              tableName: projectionTable,
              dynamoDbClient,
              initialView: { events: [] as EventDetail[] },
              key: event => event.aggregateId,
              project: { POKEMON_LEVELED: ({ events }, event) => ({ events: [...events, event] }) },
            });
            await inHandler(view);
            return (await view.getView(aggregateId))?.events ?? [];
          },
          'a replay': () => seenBy(seen => replayEvents({ projections: [log('replayed', seen)] })),
          'a replay of a renamed type': () =>
            seenBy(seen => replayEvents({ projections: [log('renamed', seen)], eventTypes: ['POKEMON_LEVELED'] })),
          readAllEvents: () =>
            seenBy(async seen => {
              for await (const { event } of readAllEvents({ eventStores: [pokemons] })) seen.push(event);
            }),
          'readAllEvents of a renamed type': () =>
            seenBy(async seen => {
              const options = { eventStores: [pokemons], eventTypes: ['POKEMON_LEVELED' as const] };
              for await (const { event } of readAllEvents(options)) seen.push(event);
            }),
          'a message channel': () => seenBy(async seen => inHandler(channel(seen, 'notification'))),
          'a message channel that carries states': () =>
            seenBy(async seen => inHandler(channel(seen, 'stateCarrying'))),
          'a retry of a parked aggregate': () =>
            seenBy(async seen => {
              let isBroken = true;
              const one = projection({
                name: 'parked',
                eventStores: [pokemons],
                checkpoints: new DynamoDbCheckpointStore({ tableName: projectionTable, dynamoDbClient }),
                on: {
                  POKEMON_LEVELED: event => {
                    if (isBroken) throw new Error('broken');
                    seen.push(event);
                  },
                },
              });
              const handler = createStreamHandler({ projections: [one], maxAttempts: 1, onFailure: () => 'park' });
              await handler(await records());
              isBroken = false;
              await expect(one.retryParked({ eventStoreId: 'POKEMONS', aggregateId })).resolves.toBe('done');
            }),
        };

        it.each(Object.keys(READERS))('by %s', async name => {
          await expect(READERS[name]?.()).resolves.toStrictEqual(expected);
        });

        it('by ImageParser.parseRecord at once, or are refused by name', async () => {
          const parser = new ImageParser({ sourceEventStores: [pokemons] });
          // The records of snapshots are no events.
          const parse = async () => (await records()).flatMap(record => parser.parseRecord(record)?.event ?? []);
          if (!isLater) await expect(parse()).resolves.toStrictEqual(expected);
          else await expect(parse()).rejects.toMatchObject({ code: 'AsynchronousTransformationError' });
        });

        it('by no reader that lacks one of them: it is named, and the aggregate is parked', async () => {
          const reader = open([levels({ isLater })]);
          const message = expect.stringContaining(': outer.') as string;
          const unreadable = { code: 'UnreadableEventError', version: 2, message };
          await expect(reader.getEvents(aggregateId)).rejects.toMatchObject(unreadable);
          const parser = new ImageParser({ sourceEventStores: [reader] });
          await expect(parser.parseRecords(await records())).rejects.toMatchObject(unreadable);
          const seen: EventDetail[] = [];
          const one = projection({
            name: 'lacking',
            eventStores: [reader],
            checkpoints: new DynamoDbCheckpointStore({ tableName: projectionTable, dynamoDbClient }),
            on: { POKEMON_LEVELED: event => void seen.push(event) },
          });
          await createStreamHandler({ projections: [one], maxAttempts: 1, onFailure: () => 'park' })(await records());
          expect(seen).toStrictEqual(expected.slice(0, 1));
          await expect(one.listParked()).resolves.toMatchObject([
            { aggregateId, version: 2, error: { name: 'UnreadableEventError' } },
          ]);
        });

        it('by none of them in the table', async () => {
          const key = layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId;
          const Key = { aggregateId: { S: key }, version: { N: '1' } };
          const { Item } = await dynamoDbClient.send(new GetItemCommand({ TableName: tableName, Key }));
          expect(Item).toMatchObject({ type: { S: 'LEVELED' }, payload: { M: { lvl: { N: '1' } } } });
          expect(Item).not.toHaveProperty('schemaVersion');
        });
      });
    });
  });
});
