import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { EventDetail } from '@castore/core';
import * as adapterPackage from '@castore-dynamodb/adapter';
import {
  createProjectionTable,
  createStreamHandler,
  DynamoDbCheckpointStore,
  ImageParser,
  projection,
} from '@castore-dynamodb/streams';
import { describeOnSomeEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { layoutsOn } from '@castore-dynamodb/testing/eventTables';
import { useObjectServer } from '@castore-dynamodb/testing/objectServer';
import { preset } from '@castore-dynamodb/testing/preset';

import { type LiveFeed, startLiveFeed } from './everyReader/liveFeed.js';
import { newPokemons, type Readable, readersOf, recordsOf } from './everyReader/readers.js';
import { TRANSFORMATION_SETS } from './everyReader/transformationSets.js';

const { createEventTable, deleteEventTable } = adapterPackage;

/** Another copy of the adapter, as of another version, or of CommonJS beside ESM. */
const loadCopy = (): typeof adapterPackage => {
  let copy: typeof adapterPackage | undefined;
  jest.isolateModules(() => {
    copy = jest.requireActual('@castore-dynamodb/adapter');
  });
  return copy as typeof adapterPackage;
};

const ASYNCHRONOUS_SETS = TRANSFORMATION_SETS.filter(({ isSync }) => !isSync);

// The last one does all that the others do.
const COPIES = [
  ['this copy', adapterPackage, TRANSFORMATION_SETS],
  ['another copy', loadCopy(), preset({ quick: ASYNCHRONOUS_SETS.slice(-1), soak: ASYNCHRONOUS_SETS })],
] as const;

const NAME = 'transformed events';

describeOnSomeEngine(NAME, engine => {
  describe.each(layoutsOn(engine, NAME))('in layout %s', layout => {
    describe.each(COPIES)('with an adapter of %s', (_, copy, sets) => {
      describe.each(sets)('$name', ({ transformations, isSync, encoding, text }) => {
        const server = useObjectServer();
        const [tableName, projectionTable] = [uniqueTableName('readers'), uniqueTableName('views')];
        const dynamoDbClient = engine.client();
        const streams = new DynamoDBStreamsClient(engine.clientConfig);
        const Adapter =
          layout === 'single-table' ? copy.DynamoDbSingleTableEventStorageAdapter : copy.DynamoDbEventStorageAdapter;
        const open = (some: adapterPackage.EventTransformation[]) =>
          newPokemons(new Adapter({ tableName, dynamoDbClient, transformations: some }));

        const all = transformations(server);
        const pokemons = open(all);
        const aggregateId = 'pikachu';
        const expected: EventDetail[] = [];
        let feed: LiveFeed;
        const readable: Readable = {
          pokemons,
          aggregateId,
          expected,
          shownLive: () => feed.shown(3),
          dynamoDbClient,
          streams,
          tableName,
          projectionTable,
        };
        const records = () => recordsOf(readable);

        beforeAll(async () => {
          await createEventTable(dynamoDbClient, { tableName, layout, stream: true });
          await createProjectionTable(dynamoDbClient, { tableName: projectionTable });
          feed = await startLiveFeed(pokemons, dynamoDbClient, streams);
          const timestamp = '2026-01-01T00:00:00.000Z';
          // One from the time before there were any transformations, and two of today.
          const old = { aggregateId, version: 1, timestamp, type: 'LEVELED', payload: { lvl: 1 } };
          const plain = open([]).getEventStorageAdapter();
          await plain.pushEvent(old, { eventStoreId: 'POKEMONS' });
          expected.push({ ...old, type: 'POKEMON_LEVELED', payload: { level: 1 } });
          for (const version of [2, 3]) {
            const metadata = { bytes: new Uint8Array([version]), tags: new Set(['a']) };
            const event = { aggregateId, version, timestamp, type: 'POKEMON_LEVELED' as const, metadata };
            const payload = { level: version, ...(version === 2 && text !== undefined && { text }) };
            const { event: pushed } = await pokemons.pushEvent({ ...event, payload });
            expect(pushed).toStrictEqual({ ...event, payload: { source: 'game', ...payload } });
            expected.push(pushed);
          }
        });
        afterAll(async () => {
          await feed.stop();
          streams.destroy();
          await deleteEventTable(dynamoDbClient, { tableName });
          await deleteEventTable(dynamoDbClient, { tableName: projectionTable });
        });

        const readers = readersOf(readable);
        it.each(Object.keys(readers))('are undone by %s', async name => {
          await expect(readers[name]?.()).resolves.toStrictEqual(expected);
        });

        it('are undone by ImageParser.parseRecord at once, or refused by name', async () => {
          const parser = new ImageParser({ sourceEventStores: [pokemons] });
          // The records of snapshots are no events.
          const parse = async () => (await records()).flatMap(record => parser.parseRecord(record)?.event ?? []);
          if (isSync) await expect(parse()).resolves.toStrictEqual(expected);
          else await expect(parse()).rejects.toMatchObject({ code: 'AsynchronousTransformationError' });
        });

        it('are undone by no reader that lacks one of them: it is named, and the aggregate is parked', async () => {
          const reader = open(all.slice(0, 1));
          const message = expect.stringContaining(`: ${encoding.split(',').at(-1)}.`) as string;
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

        it('are undone by none of them in the table', async () => {
          const key = layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId;
          const itemOf = async (version: number) => {
            const Key = { aggregateId: { S: key }, version: { N: String(version) } };
            return (await dynamoDbClient.send(new GetItemCommand({ TableName: tableName, Key }))).Item;
          };
          const Item = await itemOf(1);
          expect(Item).toMatchObject({ type: { S: 'LEVELED' }, payload: { M: { lvl: { N: '1' } } } });
          expect(Item).not.toHaveProperty('schemaVersion');
          await expect(itemOf(2)).resolves.toMatchObject({ encoding: { S: encoding } });
        });
      });
    });
  });
});
