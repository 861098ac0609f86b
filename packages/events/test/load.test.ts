import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { type EventDetail, EventStore, EventType, GroupedEvent } from '@castore/core';
import { InMemoryCheckpointStore, projection, replayEvents } from '@castore-dynamodb/streams';
import { subjectKeys } from '@castore-dynamodb/testing/allTransformations';
import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { useObjectServer } from '@castore-dynamodb/testing/objectServer';
import { isSoak, PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';

import { encryption, evolution, largeEvents } from '../src/index.js';

const COUNT = preset({ quick: 1_200, soak: 100_000 });
/** Of so many events, one is in S3. */
const LARGE_EACH = preset({ quick: 15, soak: 500 });
/** Beyond what there was before. A page of items, which has up to 1 MB as text, takes most of it; all events have over 34 MB. */
const MAX_MB = preset({ quick: 28, soak: 60 });
const GROUP = 100;
const MB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** In bytes, of what is still in use. */
const memory = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** The text's bytes do not compress. */
const noise = (version: number, size: number): string =>
  createHash('shake256', { outputLength: (size * 3) / 4 })
    .update(String(version))
    .digest('base64');

/** Most are small, some are compressed, a few lie in S3. */
const payloadOf = (version: number): unknown => {
  if (version % LARGE_EACH === 0) return { version, text: noise(version, 400_000) };
  return { version, text: version % 10 === 0 ? `pokemon ${version} `.repeat(800) : 'x'.repeat(100) };
};

describeOnEveryLayout(
  'a stream of small, compressed, encrypted and large events',
  ({ tableNames: { events: tableName }, dynamoDbClient, layout, engine }) => {
    const server = useObjectServer();
    const context = { eventStoreId: 'POKEMONS' };
    const offload = { s3Client: server.client(), bucketName: server.bucketName, from: 100_000 };
    const transformations = [
      evolution({ eventStores: { POKEMONS: { POKEMON_CAUGHT: { upcasters: [() => ({})] } } } }),
      // Of some events the payload is encrypted, of all sizes.
      encryption({
        keys: subjectKeys,
        subjectOf: ({ version }) => (version % 25 < 5 ? `ash ${version % 100}` : undefined),
      }),
      largeEvents({ offload }),
    ];
    const adapter = newAdapter(layout, { tableName, dynamoDbClient, transformations });

    it(
      `of ${COUNT} events needs little memory, keeps them in order and whole`,
      async () => {
        for (let version = 1; version <= COUNT; version += GROUP) {
          const group = Array.from({ length: GROUP }, (_, index) => {
            const event = { aggregateId: 'pikachu', version: version + index, type: 'POKEMON_CAUGHT' };
            const payload = payloadOf(event.version);
            return new GroupedEvent({ event: { ...event, payload }, context, eventStorageAdapter: adapter });
          });
          await adapter.pushEventGroup({}, ...(group as [GroupedEvent]));
        }
        expect(server.objects.size).toBe(COUNT / LARGE_EACH);

        const before = memory();
        let [last, most] = [0, 0];
        let event: EventDetail;
        for await (event of adapter.streamEvents('pikachu', context)) {
          if (event.version !== last + 1) throw new Error(`Version ${event.version} came after ${last}.`);
          last = event.version;
          if (last % LARGE_EACH === 0 || last % 97 === 0) expect(event.payload).toStrictEqual(payloadOf(last));
          if (last % 500 === 0) most = Math.max(most, memory() - before);
        }
        expect(last).toBe(COUNT);
        if (isSoak) console.log(`${engine.name}: ${COUNT} events in ${Math.ceil(most / MB)} MB at most`);
        // The events in S3 alone have 32 MB; in the soak run, all have 200 MB.
        expect(most / MB).toBeLessThan(MAX_MB);
      },
      PRESET_TIMEOUT_MS,
    );

    it(
      'is replayed a few at a time: the rest of a page stays in S3 until it is wanted',
      async () => {
        const small = { ...offload, from: 1 };
        const eventStorageAdapter = newAdapter(layout, {
          tableName,
          dynamoDbClient,
          transformations: [largeEvents({ offload: small })],
        });
        const eventStore = new EventStore({
          eventStoreId: 'TRAINERS',
          eventTypes: [new EventType<'MOVED', string>({ type: 'MOVED' })],
          reducer: (_: { aggregateId: string; version: number }, { aggregateId, version }) => ({
            aggregateId,
            version,
          }),
          eventStorageAdapter,
        });
        const ids = Array.from({ length: 150 }, (_, index) => `ash-${index}`);
        await Promise.all(
          ids.map(aggregateId =>
            eventStore.pushEvent({ aggregateId, version: 1, type: 'MOVED', payload: aggregateId }),
          ),
        );
        server.requests.splice(0);
        const seen: string[] = [];
        let asked = 0;
        const moves = projection({
          name: 'moves',
          eventStores: [eventStore],
          checkpoints: new InMemoryCheckpointStore(),
          on: {
            MOVED: ({ payload }) => {
              if (seen.length === 0) asked = server.requests.length;
              seen.push(payload);
            },
          },
        });
        await replayEvents({ projections: [moves], segments: 1 });
        expect(seen.toSorted()).toStrictEqual(ids.toSorted());
        expect(asked).toBeLessThanOrEqual(64);
      },
      PRESET_TIMEOUT_MS,
    );
  },
  { layouts: ['single-table'] },
);
