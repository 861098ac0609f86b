import { createHash } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';

import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type EventDetail, GroupedEvent } from '@castore/core';
import { defineTransformation, type EventTransformation, parseEventItem } from '@castore-dynamodb/adapter';
import { LARGE_EVENTS_PREFIX, largeEventOperations } from '@castore-dynamodb/table';
import { costs, describeOnEveryLayout, newAdapter, newAggregateId } from '@castore-dynamodb/testing/eventTables';
import { useObjectServer } from '@castore-dynamodb/testing/objectServer';

import { evolution, type LargeEventsOptions, largeEvents } from '../src/index.js';

const context = { eventStoreId: 'POKEMONS' };
const KB = 1024;

const event = (aggregateId: string, version: number, rest: Partial<EventDetail> = {}): EventDetail => ({
  aggregateId,
  version,
  type: 'POKEMON_CAUGHT',
  timestamp: '2026-01-01T00:00:00.000Z',
  ...rest,
});

let seed = 1;
/** Text that no compression makes smaller than three quarters of it. */
const noise = (size: number): string => {
  const outputLength = Math.ceil((size * 3) / 4);
  return createHash('shake256', { outputLength }).update(String(seed++)).digest('base64').slice(0, size);
};

/** Everything that an item can hold. */
const everything = {
  text: 'Pokémon 🦊'.repeat(200),
  numbers: [0, -1.5, 1e-7, 2n ** 100n, Number.MAX_SAFE_INTEGER],
  bytes: new Uint8Array([0, 255, 7]),
  sets: [new Set(['a', 'b']), new Set([1, 2n ** 70n]), new Set([new Uint8Array([1])])],
  none: [null, true, false, '', {}, []],
  B: 'no bytes',
  BS: ['no', 'bytes'],
  nested: JSON.parse('{"__proto__":{"x":1},"constructor":2,"M":{"S":"3"}}') as unknown,
  deep: Array.from({ length: 28 }).reduce<unknown>(inner => ({ inner }), 'deep'),
};

describeOnEveryLayout(
  'largeEvents',
  ({ layout, tableNames: { events: tableName }, dynamoDbClient, requests }) => {
    const server = useObjectServer();
    const { bucketName, objects } = server;
    const s3Client = server.client();
    const open = (...transformations: EventTransformation[]) =>
      newAdapter(layout, { tableName, dynamoDbClient, transformations });
    const opened = (options?: LargeEventsOptions) => open(largeEvents(options));
    const offloading = opened({ offload: { s3Client, bucketName } });
    const itemOf = async ({ aggregateId, version }: EventDetail) => {
      const key = layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId;
      const Key = { aggregateId: { S: key }, version: { N: String(version) } };
      const get = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true });
      return (await dynamoDbClient.send(get)).Item ?? {};
    };
    const read = async (adapter: ReturnType<typeof open>, { aggregateId }: EventDetail) =>
      (await adapter.getEvents(aggregateId, context)).events;
    const pushed = async (adapter: ReturnType<typeof open>, rest: Partial<EventDetail>) => {
      const given = event(newAggregateId(), 1, rest);
      await expect(adapter.pushEvent(given, context)).resolves.toStrictEqual({ event: given });
      requests.splice(0);
      await expect(read(adapter, given)).resolves.toStrictEqual([given]);
      return { given, item: await itemOf(given) };
    };

    it('leaves small events as they are', async () => {
      const { item } = await pushed(offloading, { payload: { text: 'x'.repeat(900) }, metadata: { by: 'ash' } });
      expect(item['encoding']).toBeUndefined();
      expect(item['payload']?.M?.['text']?.S).toHaveLength(900);
      expect(server.requests).toStrictEqual([]);
    });

    it.each([
      ['the payload', { payload: everything }],
      ['the metadata', { metadata: everything }],
      ['both', { payload: everything, metadata: [everything] }],
      ['a payload that is no object', { payload: 'x'.repeat(2000) }],
      [
        'one that looks as if it had been stored so',
        { payload: { size: 2, bytes: new Uint8Array(5000), object: 'x' } },
      ],
    ])('compresses %s, and reads it at once as it was', async (_, content) => {
      const { given, item } = await pushed(offloading, content);
      expect(item['encoding']).toStrictEqual({ S: 'largeEvents' });
      expect(item['metadata']).toBeUndefined();
      const { bytes, size } = item['payload']?.M ?? {};
      expect(brotliDecompressSync(bytes?.B as Uint8Array)).toHaveLength(Number(size?.N));
      expect(parseEventItem(layout, 'POKEMONS', item, opened())).toStrictEqual(given);
      expect(server.requests).toStrictEqual([]);
    });

    it('compresses if that makes the event smaller, from the size on that it is told', async () => {
      const [random, repeated] = [
        { payload: new Uint8Array(Buffer.from(noise(3000), 'base64')) },
        { payload: 'x'.repeat(700) },
      ];
      for (const [options, content, isCompressed] of [
        [{}, random, false],
        [{}, repeated, false],
        [{ compressFrom: 100 }, repeated, true],
        [{ compressFrom: 1 }, { payload: 1 }, false],
        [{ compressFrom: 1 }, {}, false],
      ] as const) {
        const { item } = await pushed(opened(options), content);
        expect('encoding' in item).toBe(isCompressed);
      }
    });

    it('puts what is large even so into S3, under the hash of its content, and names it in the item', async () => {
      const { given, item } = await pushed(offloading, {
        payload: { text: noise(3_000_000) },
        metadata: { by: 'ash' },
      });
      const { object, size, compression } = item['payload']?.M ?? {};
      const key = object?.S ?? '';
      const stored = objects.get(key) as Buffer;
      expect(key).toBe(`events/${createHash('sha256').update(stored).digest('hex')}`);
      expect([compression, Number(size?.N)]).toStrictEqual([{ S: 'brotli' }, brotliDecompressSync(stored).length]);
      expect(server.requests).toStrictEqual([`PUT ${key}`, `GET ${key}`]);
      // A consistent read of a small item; as a first event it has an entry in the index, too.
      expect(costs(requests)[0]).toBe('Query 1');
      expect(() => parseEventItem(layout, 'POKEMONS', item, offloading)).toThrow(
        expect.objectContaining({ code: 'AsynchronousTransformationError', transformation: 'largeEvents' }),
      );
      await expect(opened().getEvents(given.aggregateId, context)).rejects.toMatchObject({
        code: 'UnreadableEventError',
        message: expect.stringContaining(key),
      });
    });

    it('counts what is stored: a write unit for an event of megabytes, and groups of any number of them', async () => {
      const aggregateId = newAggregateId();
      await offloading.pushEvent(event(aggregateId, 1, { payload: 0 }), context);
      requests.splice(0);
      await offloading.pushEvent(event(aggregateId, 2, { payload: noise(3_000_000) }), context);
      expect(costs(requests)).toStrictEqual(['PutItem 1']);

      const text = noise(420_000);
      const group = Array.from({ length: 20 }, (_, index) => {
        const { timestamp: __, ...rest } = event(aggregateId, index + 3, { payload: { index, text } });
        return new GroupedEvent({ event: rest, context, eventStorageAdapter: offloading });
      });
      const { eventGroup } = await offloading.pushEventGroup({}, ...(group as [GroupedEvent]));
      expect(server.mostAtOnce).toBeLessThanOrEqual(16);
      const { events } = await offloading.getEvents(aggregateId, context, { minVersion: 3 });
      expect(events).toStrictEqual(eventGroup.map(each => each.event));
    });

    it.each([
      ['compressed', { payload: 'x'.repeat(3000) }, 20],
      ['that cannot be compressed', { payload: new Uint8Array(Buffer.from(noise(3000), 'base64')) }, 2000],
      ['too small to be compressed', { payload: 'x'.repeat(1000) }, 500],
    ])('goes to S3 from the size on that it is told: an event %s', async (_, content, from) => {
      const { item } = await pushed(opened({ offload: { s3Client, bucketName, prefix: '', from } }), content);
      const key = item['payload']?.M?.['object']?.S as string;
      expect(key).toMatch(/^[0-9a-f]{64}$/);
      expect(objects.has(key)).toBe(true);
    });

    it('costs what the page of the package says', async () => {
      const payload = noise(300 * KB);
      for (const [offload, push, query, objectRequests] of [
        [undefined, 'PutItem 301', 'Query 76', []],
        [{ s3Client, bucketName, from: 1 }, 'PutItem 1', 'Query 1', ['PUT', 'GET']],
      ] as const) {
        const adapter = opened({ compressFrom: 10_000_000, offload });
        const aggregateId = newAggregateId();
        await adapter.pushEvent(event(aggregateId, 1), context);
        requests.splice(0);
        server.requests.splice(0);
        await adapter.pushEvent(event(aggregateId, 2, { payload }), context);
        await adapter.getEvents(aggregateId, context, { minVersion: 2 });
        expect(costs(requests)).toStrictEqual([push, query]);
        expect(server.requests.map(request => request.slice(0, 3))).toStrictEqual(objectRequests);
      }
    });

    it('asks S3 for what largeEventOperations allows, and for nothing else', async () => {
      await pushed(offloading, { payload: noise(500_000) });
      const actions: Record<string, string> = { PUT: 's3:PutObject', GET: 's3:GetObject' };
      expect(server.requests.map(request => actions[request.slice(0, 3)])).toStrictEqual([
        ...largeEventOperations.writeLargeEvents.objects,
        ...largeEventOperations.readLargeEvents.objects,
      ]);
      expect(server.requests.every(request => request.slice(4).startsWith(LARGE_EVENTS_PREFIX))).toBe(true);
    });

    it('writes equal contents to one object, and reads what was stored under another prefix', async () => {
      const payload = noise(500_000);
      const keyOf = async (prefix: string) =>
        (await pushed(opened({ offload: { s3Client, bucketName, prefix } }), { payload })).item['payload']?.M?.[
          'object'
        ]?.S;
      const [one, other, elsewhere] = [await keyOf('a/'), await keyOf('a/'), await keyOf('b/')];
      expect(other).toBe(one);
      expect(elsewhere).not.toBe(one);
      const { given } = await pushed(opened({ offload: { s3Client, bucketName, prefix: 'a/' } }), { payload });
      await expect(read(opened({ offload: { s3Client, bucketName, prefix: 'b/' } }), given)).resolves.toStrictEqual([
        given,
      ]);
    });

    it('reads in parallel, 16 objects at a time, and in order', async () => {
      const adapter = opened({ offload: { s3Client, bucketName, from: 100 } });
      const aggregateId = newAggregateId();
      const events = Array.from({ length: 40 }, (_, index) =>
        event(aggregateId, index + 1, index % 4 === 3 ? { payload: index } : { payload: noise(300) }),
      );
      for (const each of events) await adapter.pushEvent(each, context);
      // None is answered before 16 have come.
      let come = 0;
      let answer = (): void => {};
      const enough = new Promise<void>(resolve => {
        answer = resolve;
      });
      server.choose = () => {
        come += 1;
        if (come === 16) setTimeout(answer, 50);
        return enough;
      };
      const reads = Promise.all([1, 2, 3].map(() => adapter.getEvents(aggregateId, context)));
      for (const { events: found } of await reads) expect(found).toStrictEqual(events);
      expect(server.mostAtOnce).toBe(16);
    });

    it('refuses what is larger than maxSize, and what remains too large, before any request', async () => {
      const limits: [LargeEventsOptions, number, number][] = [
        [{ maxSize: 1_000_000 }, 1_000_001, 1_000_000],
        [{}, 17 * KB * KB, 16 * KB * KB],
        [{ maxSize: 5 * KB * KB, offload: { s3Client, bucketName } }, 6 * KB * KB, 5 * KB * KB],
      ];
      for (const [options, size, limit] of limits) {
        await expect(
          opened(options).pushEvent(event(newAggregateId(), 1, { payload: 'x'.repeat(size) }), context),
        ).rejects.toMatchObject({ code: 'EventTooLargeError', limit, message: expect.stringContaining('maxSize') });
      }
      const incompressible = event(newAggregateId(), 1, { payload: noise(900_000) });
      await expect(opened().pushEvent(incompressible, context)).rejects.toMatchObject({
        code: 'EventTooLargeError',
        limit: 400 * KB,
        message: expect.stringContaining('largeEvents'),
      });
      expect([requests, server.requests]).toStrictEqual([[], []]);
      await pushed(opened(), { payload: 'x'.repeat(15 * KB * KB) });
    });

    it('takes any depth that an item has, after a transformation that has bytes in place of a payload', async () => {
      const sealing = defineTransformation({
        name: 'sealing',
        encode: ({ payload }) => ({ payload: Buffer.from(payload as string) }),
        decode: ({ payload }) => ({ payload: Buffer.from(payload as Uint8Array).toString() }),
      });
      const upcasters = [({ payload }: { payload: unknown }) => ({ payload: `${payload as string}!` })];
      const evolving = evolution({ eventStores: { POKEMONS: { POKEMON_CAUGHT: { upcasters } } } });
      const adapter = open(evolving, sealing, largeEvents({ offload: { s3Client, bucketName } }));
      const { item } = await pushed(adapter, { payload: noise(700_000) });
      expect(item).toMatchObject({ encoding: { S: 'sealing,largeEvents' }, schemaVersion: { N: '2' } });
      expect(item['payload']?.M?.['object']?.S).toMatch(/^events\//);
    });

    it.each<[string, (key: string) => void, string]>([
      ['is gone', key => objects.delete(key), 'does not exist'],
      ['has changed', key => objects.set(key, Buffer.from('changed')), 'does not have the content that was stored'],
      ['is empty', key => objects.set(key, Buffer.alloc(0)), 'does not have the content that was stored'],
    ])('cannot read an event whose object %s: bucket and key are named', async (_, spoil, reason) => {
      const { given, item } = await pushed(offloading, { payload: noise(500_000) });
      const key = item['payload']?.M?.['object']?.S as string;
      spoil(key);
      await expect(read(offloading, given)).rejects.toMatchObject({
        code: 'UnreadableEventError',
        version: 1,
        path: 'payload',
        message: expect.stringMatching(new RegExp(`"${key}" in bucket "objects" .*${reason}`)),
        cause: { code: 'EventObjectError', bucketName, key, operation: 'GetObject' },
      });
    });

    const tooLong = brotliBomb();
    it.each([
      ['no object', { S: 'x' }],
      ['no content', { M: { size: { N: '1' } } }],
      ['no size', { M: { bytes: { B: tooLong } } }],
      ['another compression', { M: { size: { N: '1' }, compression: { S: 'zip' }, bytes: { B: tooLong } } }],
      ['bytes that are none', { M: { size: { N: '1' }, compression: { S: 'brotli' }, bytes: { B: Buffer.of(1, 2) } } }],
      ['more than it says', { M: { size: { N: '9' }, compression: { S: 'brotli' }, bytes: { B: tooLong } } }],
      ['another text', { M: { size: { N: '3' }, bytes: { B: Buffer.from('not') } } }],
      ['an object without a hash', { M: { size: { N: '3' }, object: { S: 'events/x' } } }],
    ])('refuses an item with %s, whoever wrote it', async (_, payload) => {
      const { given, item } = await pushed(offloading, { payload: 'x'.repeat(2000) });
      await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item: { ...item, payload } }));
      await expect(read(offloading, given)).rejects.toMatchObject({ code: 'UnreadableEventError', path: 'payload' });
    });
  },
  { layouts: ['single-table'] },
);

/** A few bytes that are ten megabytes. */
function brotliBomb(): Uint8Array {
  const { brotliCompressSync } = jest.requireActual<typeof import('node:zlib')>('node:zlib');
  return brotliCompressSync(Buffer.alloc(10 * KB * KB));
}

describe('the options of largeEvents', () => {
  const s3Client = { send: async () => ({}), config: { forcePathStyle: true } };
  const offload = { s3Client, bucketName: 'b' };
  it.each<[string, unknown, string]>([
    ['no object', 'gzip', 'options'],
    ['an unknown option', { compress: 1 }, 'options.compress'],
    ['a size of 0', { compressFrom: 0 }, 'options.compressFrom'],
    ['a size that is no integer', { compressFrom: 1.5 }, 'options.compressFrom'],
    ['a maxSize beyond what is sensible', { maxSize: 2 ** 40 }, 'options.maxSize'],
    ['no bucket', { offload: { s3Client } }, 'options.offload.bucketName'],
    ['no client', { offload: { bucketName: 'b' } }, 'options.offload.s3Client'],
    ['an unknown option of offload', { offload: { ...offload, form: 1 } }, 'options.offload.form'],
    ['more than an item has', { offload: { ...offload, from: 400 * KB + 1 } }, 'options.offload.from'],
    ['a prefix that is no text', { offload: { ...offload, prefix: 1 } }, 'options.offload.prefix'],
    ['a prefix that leaves no room', { offload: { ...offload, prefix: 'é'.repeat(500) } }, 'options.offload.prefix'],
  ])('refuse %s by the name of the argument', (_, options, argument) => {
    expect(() => largeEvents(options as never)).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument }),
    );
  });

  it('may be left out', () => {
    expect(largeEvents()).toMatchObject({ name: 'largeEvents', maxSize: 16 * KB * KB });
    expect(() => largeEvents({ offload: { ...offload, prefix: '', from: 1 }, maxSize: 1 })).not.toThrow();
  });
});
