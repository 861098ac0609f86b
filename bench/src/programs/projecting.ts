import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { DynamoDbSnapshotStorage, withSnapshots } from '@castore-dynamodb/snapshots';
import {
  createProjectionTable,
  createStreamHandler,
  DynamoDbCheckpointStore,
  dynamoDbProjection,
  type Projection,
  projection,
  readAllEvents,
  replayEvents,
} from '@castore-dynamodb/streams';

import { countingStore } from '../contenders/countingStore.js';
import { eventOf } from '../data/events.js';
import { toItem } from '../data/items.js';
import { count } from '../worker/count.js';

/*
 * What projections, replays, the reading of all events and the building of all snapshots cost, in a fresh process.
 * Arguments: the engine's endpoint, the event table, the way; for batches of records how many of them come from how many
 * aggregates, for snapshots how many events there are.
 */
const [endpoint = '', tableName = '', way = '', size = '0', aggregates = '0'] = process.argv.slice(2);
const WARM_UP_BATCHES = 3;
const MEASURED_MS = 1_500;

const client = new DynamoDBClient({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
});
const eventStore = countingStore(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient: client }));
const views = `views-${process.pid}`;

const newProjection = (): Projection => {
  const common = { name: 'levels', eventStores: [eventStore] };
  const inViews = {
    ...common,
    tableName: views,
    dynamoDbClient: client,
    initialView: { levels: 0 },
    project: {
      POKEMON_LEVELED_UP: (view: { levels: number }, event: { payload: { level: number } }) => ({
        levels: view.levels + event.payload.level,
      }),
    },
  };
  const checkpoints = new DynamoDbCheckpointStore({ tableName: views, dynamoDbClient: client });
  const handlers = { ...common, checkpoints, on: { POKEMON_LEVELED_UP: () => {} } };
  if (way.startsWith('event')) return projection({ ...handlers, savePositionAfter: 'event' });
  if (way.startsWith('batch')) return projection({ ...handlers, savePositionAfter: 'batch' });
  if (way.startsWith('own')) return dynamoDbProjection({ ...inViews, key: 'aggregateId' });
  return dynamoDbProjection({ ...inViews, key: ({ aggregateId }) => aggregateId });
};

/** Batches of records, each of which goes on where the last one ended. */
const projectBatches = async (): Promise<() => Promise<number>> => {
  const handler = createStreamHandler({ projections: [newProjection()] });
  const versions = new Map<string, number>();
  let next = 0;
  const handleOne = async (): Promise<void> => {
    const records = Array.from({ length: Number(size) }, (_, index) => {
      const aggregateId = `${way}-${next++ % Number(aggregates)}`;
      const version = (versions.get(aggregateId) ?? 0) + 1;
      versions.set(aggregateId, version);
      const NewImage = toItem(eventOf(aggregateId, version, 300));
      return { dynamodb: { NewImage, SequenceNumber: String(index + 1) } };
    });
    const { batchItemFailures } = await handler({ Records: records }, { getRemainingTimeInMillis: () => 600_000 });
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} events were not handled.`);
  };
  for (let batch = 0; batch < WARM_UP_BATCHES; batch++) await handleOne();
  return async () => {
    const start = performance.now();
    let events = 0;
    for (; performance.now() - start < MEASURED_MS; events += Number(size)) await handleOne();
    return events;
  };
};

const readAll = async (sortOnDisk: boolean): Promise<number> => {
  let events = 0;
  for await (const _message of readAllEvents({ eventStores: [eventStore], sortOnDisk })) events++;
  return events;
};

/** With a snapshot for every 100 events. */
const buildSnapshots = async (scan: boolean): Promise<number> => {
  const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient: client });
  const { snapshots } = withSnapshots(eventStore, { storage, reducerVersion: way });
  for await (const { failures } of snapshots.build({ scan })) if (failures > 0) throw new Error('A snapshot failed.');
  return Number(size);
};

const prepare = async (): Promise<() => Promise<number>> => {
  if (way === 'readAllEvents') return () => readAll(false);
  if (way === 'sortOnDisk') return () => readAll(true);
  if (way.startsWith('build')) return () => buildSnapshots(way === 'build-scan');
  await createProjectionTable(client, { tableName: views });
  if (size !== '0') return projectBatches();
  return async () => (await replayEvents({ projections: [newProjection()] })).events;
};

const main = async (): Promise<void> => {
  const run = await prepare();
  const costs = { requests: 0, capacityUnits: 0 };
  count(client, costs);
  const memoryBytes = process.memoryUsage().rss;
  const [before, cpuBefore] = [performance.now(), process.cpuUsage()];
  const events = await run();
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - before) / 1000;
  console.log(
    JSON.stringify({
      eventsPerSecond: events / seconds,
      cpuMicroseconds: (user + system) / events,
      requests: costs.requests / events,
      capacityUnits: costs.capacityUnits / events,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024 - memoryBytes,
    }),
  );
};

void main();
