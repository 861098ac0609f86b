import type { EventDetail } from '@castore/core';
import type { EventTransformation } from '@castore-dynamodb/adapter';
import {
  costs,
  describeOnEveryLayout,
  newAdapter,
  newAggregateId,
  operations,
  rejection,
} from '@castore-dynamodb/testing/eventTables';
import { startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { useObjectServer } from '@castore-dynamodb/testing/objectServer';

import { encryption, largeEvents } from '../../src/index.js';
import { context, encryptedTables, event, holds, REGISTERED } from './support.js';

const only = (...paths: string[]) => ({ fields: { CUSTOMERS: { [REGISTERED]: paths } } });

/** Not exported: what bytes begin with in an event that has encrypted values. */
const MARK = [0xca, 0x53, 0x7e, 0x01];
const PLAIN_MARK = [0x35, 0xac, 0x81, 0xfe];

const VALUES: [string, unknown][] = [
  ['a text', 'Évoli 🦊'],
  ['an empty text', ''],
  ['numbers', [0, -1.5, 1e-7, Number.MAX_SAFE_INTEGER, 2n ** 60n]],
  ['null and booleans', [null, true, false]],
  ['bytes', new Uint8Array([0, 255])],
  [
    'bytes that look encrypted',
    [MARK, PLAIN_MARK]
      .flatMap(mark => [mark, [...mark, 1], Array(70).fill(mark).flat()])
      .map(bytes => new Uint8Array(bytes)),
  ],
  ['sets', [new Set(['a', 'b']), new Set([1, 2]), new Set([new Uint8Array(MARK)])]],
  ['nested objects and arrays', { a: [[{ b: [] }], {}] }],
  ['hostile keys', JSON.parse('{ "__proto__": { "__proto__": 1 }, "constructor": 2, "B": "no bytes" }')],
];

describeOnEveryLayout('encryption', tables => {
  const { requests } = tables;
  const { open, plain, itemOf, move, putItem, newKeys, items } = encryptedTables(tables);
  const read = async (adapter: typeof plain, aggregateId: string) =>
    (await adapter.getEvents(aggregateId, context)).events;

  it('stores nothing of a payload that can be read, and reads it as it was', async () => {
    const aggregateId = newAggregateId();
    const pushed = event(aggregateId, 1, { payload: { name: 'Ada Lovelace' }, metadata: { by: 'crm' } });

    await expect(open().pushEvent(pushed, context)).resolves.toStrictEqual({ event: pushed });

    const item = await itemOf(aggregateId, 1);
    expect(item).toMatchObject({ encoding: { S: 'encryption' }, metadata: { M: { by: { S: 'crm' } } } });
    expect(holds(item, 'Ada Lovelace')).toBe(false);
    await expect(read(open(), aggregateId)).resolves.toStrictEqual([pushed]);
    await expect(read(plain, aggregateId)).rejects.toMatchObject({ code: 'UnreadableEventError' });
  });

  it.each(VALUES)('gives back exactly what was pushed, encrypted or beside it: %s', async (_, value) => {
    const aggregateId = newAggregateId();
    const pushed = [
      event(aggregateId, 1, { payload: value, metadata: value }),
      event(aggregateId, 2, { payload: { secret: value, plain: value }, metadata: value }),
    ];
    const [whole, partly] = [open(only('payload', 'metadata')), open(only('payload.secret'))];
    await whole.pushEvent(pushed[0] as never, context);
    await partly.pushEvent(pushed[1] as never, context);

    await expect(read(open(), aggregateId)).resolves.toStrictEqual(pushed);
    expect((await itemOf(aggregateId, 2)).payload).toMatchObject({ M: { secret: { B: expect.any(Uint8Array) } } });
  });

  it('refuses to leave the elements of a Set in clear, and encrypts the Set', async () => {
    const aggregateId = newAggregateId();
    const pushed = event(aggregateId, 1, { payload: { people: [{}, { emails: new Set(['ada@example.com']) }] } });
    const refused = open(only('payload.people[*].emails[*]')).pushEvent(pushed, context);
    await expect(refused).rejects.toMatchObject({
      code: 'EventTransformationError',
      ...context,
      aggregateId,
      what: expect.stringContaining('payload.people[1].emails'),
      cause: { code: 'InvalidArgumentError', argument: `options.fields.CUSTOMERS.${REGISTERED}` },
    });
    await expect(read(open(), aggregateId)).resolves.toStrictEqual([]);
    await open(only('payload.people[*].emails')).pushEvent(pushed, context);
    expect(holds(await itemOf(aggregateId, 1), 'ada@')).toBe(false);
    await expect(read(open(), aggregateId)).resolves.toStrictEqual([pushed]);
  });

  it('encrypts what its paths lead to, and passes over what is not there', async () => {
    const aggregateId = newAggregateId();
    const payload = {
      name: 'Ada Lovelace',
      items: [{ name: 'Robert', price: 1 }, 'no object', { price: 2 }],
      contacts: { home: { email: 'cyrus@example.com' } },
      'unit price': 'seventeen',
      text: 'abc',
      ...JSON.parse('{ "__proto__": { "name": "Everard" } }'),
    };
    const adapter = open(
      only(
        'payload.name',
        'payload.items[*].name',
        'payload.contacts[*].email',
        'payload["unit price"]',
        'payload.__proto__.name',
        'payload.missing.name',
        'payload.text.length',
        'payload.constructor.name',
        'metadata.by',
      ),
    );
    await adapter.pushEvent(event(aggregateId, 1, { payload }), context);

    const item = await itemOf(aggregateId, 1);
    for (const name of ['Ada Lovelace', 'Robert', 'cyrus@example.com', 'seventeen', 'Everard'])
      expect(holds(item, name)).toBe(false);
    expect(item.payload).toMatchObject({
      M: {
        items: { L: [{ M: { name: { B: expect.anything() }, price: { N: '1' } } }, { S: 'no object' }, {}] },
        text: { S: 'abc' },
      },
    });
    await expect(read(open(), aggregateId)).resolves.toStrictEqual([event(aggregateId, 1, { payload })]);
  });

  it('stores as it is what is about nobody, or has nothing to encrypt, and asks for no key', async () => {
    const [aggregateId, keysBefore] = [newAggregateId(), (await items()).length];
    const pushed = event(aggregateId, 1, { payload: new Uint8Array([...MARK, 1]) });
    await open({ subjectOf: () => undefined }).pushEvent(pushed, context);
    await open(only()).pushEvent({ ...pushed, version: 2 }, context);
    expect(await items()).toHaveLength(keysBefore);
    await expect(read(plain, aggregateId)).resolves.toHaveLength(2);
    await expect(read(open(), aggregateId)).resolves.toStrictEqual([pushed, { ...pushed, version: 2 }]);
  });

  describe('when a subject is forgotten', () => {
    it('reads null in place of its values, and everything else as it was', async () => {
      const [ada, bob] = [newAggregateId(), newAggregateId()];
      const [keys, fields] = [newKeys(), only('payload.name', 'payload.tags[*]')];
      const writer = open({ keys, ...fields });
      const pushed = [ada, bob].map(id => event(id, 1, { payload: { name: id, tags: ['a', 'b'], plan: 'free' } }));
      for (const each of pushed) await writer.pushEvent(each, context);

      await keys.forget(ada);

      const left = event(ada, 1, { payload: { name: null, tags: [null, null], plan: 'free' } });
      for (const reader of [writer, open()]) {
        await expect(read(reader, ada)).resolves.toStrictEqual([left]);
        await expect(read(reader, bob)).resolves.toStrictEqual([pushed[1]]);
      }
      const forgotten = (path: string) => (path === 'payload.tags[1]' ? undefined : `<${path}>`);
      await expect(read(open({ forgotten }), ada)).resolves.toMatchObject([
        { payload: { name: '<payload.name>', tags: ['<payload.tags[0]>', null] } },
      ]);
      const later = read(open({ forgotten: () => Promise.reject(new Error('later')) }), ada);
      await expect(later).rejects.toMatchObject({ code: 'InvalidArgumentError', argument: 'options.forgotten()' });
      const withoutName = await read(open({ forgotten: () => undefined }), ada);
      expect(withoutName[0]?.payload).not.toHaveProperty('name');
    });

    it('reads null, or nothing, in place of a whole payload', async () => {
      const [aggregateId, keys] = [newAggregateId(), newKeys()];
      await open({ keys }).pushEvent(event(aggregateId, 1, { payload: { name: 'Ada' } }), context);
      await keys.forget(aggregateId);
      await expect(read(open(), aggregateId)).resolves.toStrictEqual([event(aggregateId, 1, { payload: null })]);
      await expect(read(open({ forgotten: () => undefined }), aggregateId)).resolves.toStrictEqual([
        event(aggregateId, 1),
      ]);
    });

    it('refuses its pushes before a request, in words that show nothing of it', async () => {
      const [aggregateId, keys] = [newAggregateId(), newKeys()];
      const adapter = open({ keys, subjectOf: () => 'ada@example.com' });
      await keys.forget('ada@example.com');
      requests.splice(0);

      for (const writer of [adapter, open({ subjectOf: () => 'ada@example.com' })]) {
        const error = await rejection(writer.pushEvent(event(aggregateId, 1, { payload: { name: 'Ada' } }), context));
        expect(error).toMatchObject({ code: 'SubjectForgottenError', aggregateId, version: 1, ...context });
        expect(error).toHaveProperty('subjectId', 'ada@example.com');
        expect(JSON.stringify([error, String(error)])).not.toMatch(/ada@|Ada/);
      }
      // The writer that has forgotten it itself knows so; the other one asks.
      expect(operations(requests)).toStrictEqual(['Query']);
      await expect(read(plain, aggregateId)).resolves.toStrictEqual([]);
    });
  });

  it('does not decrypt a ciphertext at another version, aggregate, path, or event store', async () => {
    const [one, other] = [newAggregateId(), newAggregateId()];
    const adapter = open({ subjectOf: () => 'ada', ...only('payload.name', 'payload.nick') });
    const payload = { name: 'Ada', nick: 'Countess' };
    await adapter.pushEvent(event(one, 1, { payload }), context);

    await move([one, 1], [one, 2]);
    await move([one, 1], [other, 1]);
    // The event of its own version and aggregate, with its values at each other's paths.
    const swapped = newAggregateId();
    await adapter.pushEvent(event(swapped, 1, { payload }), context);
    const item = await itemOf(swapped, 1);
    const { name, nick } = item.payload?.M ?? {};
    await putItem({ ...item, payload: { M: { name: nick as never, nick: name as never } } });

    const from = (minVersion: number) => adapter.getEvents(one, context, { minVersion, maxVersion: minVersion });
    for (const moved of [from(2), adapter.getEvents(swapped, context), adapter.getEvents(other, context)]) {
      const error = await rejection(moved);
      expect(error).toMatchObject({ code: 'UnreadableEventError', path: expect.stringContaining('payload.') });
      expect(String(error)).not.toMatch(/Ada|Countess/);
    }
    if (tables.layout === 'table-per-store') {
      const elsewhere = adapter.getEvents(one, { eventStoreId: 'OTHERS' }, { maxVersion: 1 });
      await expect(elsewhere).rejects.toMatchObject({ code: 'UnreadableEventError' });
    }
    await expect(from(1)).resolves.toMatchObject({ events: [{ payload }] });
  });

  it('says at which event a function of yours failed, and passes on what it threw', async () => {
    const [aggregateId, keys, failure] = [newAggregateId(), newKeys(), new Error('no Ada here')];
    const throwing = (): never => {
      throw failure;
    };
    const place = { ...context, aggregateId, version: 1 };
    const pushed = event(aggregateId, 1, { payload: { name: 'Ada' } });
    requests.splice(0);
    const refused = await rejection(open({ subjectOf: throwing }).pushEvent(pushed, context));
    expect(refused).toMatchObject({ code: 'EventTransformationError', ...place, cause: failure });
    expect(requests).toHaveLength(0);
    await open({ keys, ...only('payload.name') }).pushEvent(pushed, context);
    await keys.forget(aggregateId);
    const unreadable = await rejection(read(open({ forgotten: throwing }), aggregateId));
    expect(unreadable).toMatchObject({ code: 'UnreadableEventError', ...place, path: 'payload.name', cause: failure });
    expect(String([refused, unreadable])).not.toContain('Ada');
  });

  describe('of an event that is too large', () => {
    const server = useObjectServer();
    const large = (size: number) => event(newAggregateId(), 1, { payload: { secret: 'x'.repeat(size), last: [1] } });
    const pushTo = (pushed: EventDetail, ...transformations: EventTransformation[]) =>
      newAdapter(tables.layout, {
        tableName: tables.tableNames.events,
        dynamoDbClient: tables.dynamoDbClient,
        transformations: [
          encryption({ keys: newKeys(), subjectOf: ({ aggregateId }) => aggregateId }),
          ...transformations,
        ],
      }).pushEvent(pushed, context);

    it('makes no key, if it could not be stored', async () => {
      const refused: [EventDetail, ...EventTransformation[]][] = [
        [event(newAggregateId(), 1, { payload: 'x'.repeat(409_600 - 200) })],
        [event(newAggregateId(), 1, { payload: 'x'.repeat(500_000) }), largeEvents()],
      ];
      requests.splice(0);
      for (const [pushed, ...transformations] of refused) {
        await expect(pushTo(pushed, ...transformations)).rejects.toMatchObject({
          code: 'EventTooLargeError',
          ...context,
          aggregateId: pushed.aggregateId,
        });
      }
      expect(operations(requests)).toStrictEqual(['Query', 'Query']);
    });

    it('makes one, if it goes to S3, also beyond what DynamoDB takes in a request', async () => {
      const offload = { s3Client: server.client(), bucketName: server.bucketName };
      for (const pushed of [large(300_000), large(4_500_000)]) {
        await expect(pushTo(pushed, largeEvents({ offload }))).resolves.toStrictEqual({ event: pushed });
      }
    });
  });

  it('costs what its keys cost, and nothing once they are known', async () => {
    const [aggregateId, writer, reader] = [newAggregateId(), open(), open()];
    await writer.pushEvent(event(aggregateId, 1, { payload: 'Ada' }), context);
    // For a Query that finds nothing, one engine counts a unit, as DynamoDB does, and the other one none.
    expect(costs(requests.splice(0))).toStrictEqual([
      expect.stringMatching(/^Query [01]$/),
      'PutItem 1',
      expect.stringMatching(/^PutItem [12]$/),
    ]);
    const { payload } = await itemOf(aggregateId, 1);
    expect(payload?.B?.byteLength).toBe(64 + '{"S":"Ada"}'.length);
    requests.splice(0);
    await writer.pushEvent(event(aggregateId, 2, { payload: 'Ada' }), context);
    expect(costs(requests.splice(0))).toStrictEqual(['PutItem 1']);
    await read(reader, aggregateId);
    expect(costs(requests.splice(0))).toStrictEqual(['Query 1', 'Query 1']);
    await read(reader, aggregateId);
    expect(costs(requests.splice(0))).toStrictEqual(['Query 1']);
  });

  it('knows its own event again if the answer to its push was lost', async () => {
    await using proxy = await startFaultProxy(tables.engine.endpoint);
    const keys = newKeys();
    const aggregateId = newAggregateId();
    // Beforehand, so that the faults hit events.
    await keys.keyFor(aggregateId);
    const adapter = open({ keys }, tables.engine.client({ endpoint: proxy.endpoint }));
    let faults = 0;
    proxy.choose = ({ operation }) => (operation === 'PutItem' && faults++ === 0 ? 'reset after' : undefined);
    const pushed = event(aggregateId, 1, { payload: 'Ada' });
    await expect(adapter.pushEvent(pushed, context)).resolves.toStrictEqual({ event: pushed });
    expect(faults).toBe(2);
    const conflict = await rejection(adapter.pushEvent(pushed, context));
    expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError', winningEvent: pushed });
  });
});
