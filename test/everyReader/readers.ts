import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { type EventDetail, EventStore, EventType } from '@castore/core';
import type { DynamoDbEventStorageAdapter } from '@castore-dynamodb/adapter';
import { canonicalJson } from '@castore-dynamodb/commons';
import {
  DynamoDbSnapshotStorage,
  everyNEvents,
  type SnapshotPolicy,
  whenLoadCosts,
  withSnapshots,
} from '@castore-dynamodb/snapshots';
import {
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

/** All that is seen of an aggregate is kept in it, so that it shows what a reader made of its events. */
interface Log {
  aggregateId: string;
  version: number;
  events: EventDetail[];
}

const leveled = new EventType<'POKEMON_LEVELED', { level: number; source?: string; text?: string }, unknown>({
  type: 'POKEMON_LEVELED',
});
export const newPokemons = (eventStorageAdapter: DynamoDbEventStorageAdapter) =>
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
export type Pokemons = ReturnType<typeof newPokemons>;

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

/** What the readers read: three events of one aggregate. */
export interface Readable {
  readonly pokemons: Pokemons;
  readonly aggregateId: string;
  /** As they are to be read. */
  readonly expected: readonly EventDetail[];
  /** What a live feed has shown of them, from before they were pushed. */
  readonly shownLive: () => Promise<EventDetail[]>;
  readonly dynamoDbClient: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly tableName: string;
  readonly projectionTable: string;
}

/** Every record of the table, as a stream handler gets it. */
export const recordsOf = ({ dynamoDbClient, streams, tableName }: Readable): Promise<StreamRecord[]> =>
  streamOf(dynamoDbClient, streams, tableName);

/** Stands for an event that does not fit into an item. */
const digest = (event: EventDetail): string => createHash('sha256').update(canonicalJson(event, 'event')).digest('hex');

/** All ways to read events, by name: each resolves with what it has read. */
export const readersOf = (readable: Readable): Record<string, () => Promise<EventDetail[]>> => {
  const { pokemons, aggregateId, expected, shownLive, dynamoDbClient, streams, tableName, projectionTable } = readable;
  const checkpoints = () => new InMemoryCheckpointStore();
  const records = () => recordsOf(readable);
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
  const snapshotting = (
    transactional: boolean,
    reducerVersion = `of ${transactional}`,
    policy: SnapshotPolicy = everyNEvents(1),
  ) =>
    withSnapshots<Pokemons>(pokemons, {
      storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
      reducerVersion,
      policy,
      onSnapshotError: error => expect(error).toBeUndefined(),
    });

  return {
    getEvents: async () => (await pokemons.getEvents(aggregateId)).events,
    streamEvents: () =>
      seenBy(async seen => {
        const adapter = pokemons.getEventStorageAdapter() as DynamoDbEventStorageAdapter;
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
    'a snapshot that is built by Scans, and a load from it': async () => {
      const store = snapshotting(false, 'scanned', whenLoadCosts({ readUnits: 0.01 }));
      for await (const { failures } of store.snapshots.build({ scan: true })) expect(failures).toBe(0);
      const { aggregate, snapshot } = await store.getExistingAggregate(aggregateId);
      expect(snapshot).toMatchObject({ version: 3, reducerVersion: 'scanned' });
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
        initialView: { digests: [] as string[] },
        key: event => event.aggregateId,
        project: { POKEMON_LEVELED: ({ digests }, event) => ({ digests: [...digests, digest(event)] }) },
      });
      await inHandler(view);
      const { digests = [] } = (await view.getView(aggregateId)) ?? {};
      return digests.map(each => expected.find(event => digest(event) === each) as EventDetail);
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
    'a message channel that carries states': () => seenBy(async seen => inHandler(channel(seen, 'stateCarrying'))),
    'a live feed': shownLive,
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
};
