import { type AttributeValue, paginateScan } from '@aws-sdk/client-dynamodb';
import { ImageParser as CastoreImageParser } from '@castore/event-storage-adapter-dynamodb';
import {
  ImageParser,
  InMemoryCheckpointStore,
  projection,
  readAllEvents,
  replayEvents,
} from '@castore-dynamodb/streams';

import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '../src/index.js';
import { newAggregateId, pushAndSettle } from './pokemons.js';
import { describeOnEveryTable } from './support.js';

type Item = Record<string, AttributeValue>;

describeOnEveryTable('beside snapshots, readers of all events', ({ layout, tableName, dynamoDbClient, eventStore }) => {
  const [first, second] = [newAggregateId(), `#snapshots#POKEMONS#${newAggregateId()}`];
  const expected = [first, second].flatMap(id => [1, 2, 3, 4, 5].map(version => `${id} ${version}`)).toSorted();

  const snapshots: Item[] = [];
  const events: Item[] = [];
  beforeAll(async () => {
    const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const pokemons = withSnapshots(eventStore, { storage, reducerVersion: '1', policy: everyNEvents(1) });
    for (const id of [first, second]) await pushAndSettle(pokemons, id, 1, 5);
    for await (const { Items = [] } of paginateScan({ client: dynamoDbClient }, { TableName: tableName })) {
      for (const item of Items) (item.snapshotVersion === undefined ? events : snapshots).push(item);
    }
    expect([events.length, snapshots.length]).toStrictEqual([10, 10]);
  });

  it('list the aggregates', async () => {
    const { aggregateIds } = await eventStore.listAggregateIds();
    expect(aggregateIds.map(({ aggregateId }) => aggregateId).toSorted()).toStrictEqual([first, second].toSorted());
  });

  it('parse the images of events, and pass over those of snapshots', () => {
    const parser = new ImageParser({ sourceEventStores: [eventStore] });
    const parse = (image: Item) => parser.parseImage(image, { table: tableName })?.event;
    const parsed = events.map(parse).map(event => `${event?.aggregateId} ${event?.version}`);
    expect(parsed.toSorted()).toStrictEqual(expected);
    expect(snapshots.map(parse)).toStrictEqual(snapshots.map(() => undefined));
    const eventSourceARN = `arn:aws:dynamodb:us-east-1:000000000000:table/${tableName}/stream/2026-01-01T00:00:00.000`;
    const records = snapshots.map(NewImage => ({ eventSourceARN, dynamodb: { NewImage } }));
    expect(records.map(record => parser.parseRecord(record))).toStrictEqual(snapshots.map(() => undefined));
  });

  if (layout === 'single-table') {
    it("get an error from Castore's own parser, which says that a snapshot is no event", () => {
      const parser = new CastoreImageParser({ sourceEventStores: [eventStore] });
      expect(events.map(image => parser.parseImage(image as never).event.version)).toHaveLength(10);
      for (const image of snapshots) expect(() => parser.parseImage(image as never)).toThrow(Error);
    });
  }

  it('replay the events alone', async () => {
    const replayed: string[] = [];
    const log = ({ aggregateId, version }: { aggregateId: string; version: number }) =>
      void replayed.push(`${aggregateId} ${version}`);
    const logging = projection({
      name: 'log',
      eventStores: [eventStore],
      checkpoints: new InMemoryCheckpointStore(),
      on: { POKEMON_APPEARED: log, POKEMON_LEVELED_UP: log },
    });
    await replayEvents({ projections: [logging] });
    expect(replayed.toSorted()).toStrictEqual(expected);
  });

  it('read all events by time', async () => {
    const read: string[] = [];
    for await (const { event } of readAllEvents({ eventStores: [eventStore] })) {
      read.push(`${event.aggregateId} ${event.version}`);
    }
    expect(read.toSorted()).toStrictEqual(expected);
  });
});
