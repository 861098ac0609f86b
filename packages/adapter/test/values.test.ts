import { PutItemCommand } from '@aws-sdk/client-dynamodb';

import { caught, context, describeOnEveryAdapter, newAggregateId, rejection } from './support.js';

const nested = (levels: number, leaf: unknown = 'leaf'): unknown =>
  levels === 0 ? leaf : { inner: nested(levels - 1, leaf) };
const ownProto = (value: unknown): object => JSON.parse(JSON.stringify({ x: value }).replace('"x"', '"__proto__"'));
const sparse = [1];
sparse[2] = 3;

class Pokemon {
  level = 5;
}

describeOnEveryAdapter('values', ({ layout, adapter, dynamoDbClient, tableName, requests }) => {
  it.each<[string, unknown]>([
    ['text', 'Pokémon 🦄 \u0000 \u2028 "quoted" \\'],
    ['an empty string', ''],
    ['null', null],
    ['booleans', [true, false]],
    ['floats', [0.1, -1.5, 1e-130, 123456.789, 5e-7, 1.7976931348623157, Number.EPSILON]],
    ['integers up to 2^53 - 1', [0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 9e15]],
    ['bigints beyond', [2n ** 53n, -(2n ** 53n), 2n ** 64n, 10n ** 37n + 7n, 10n ** 125n, -(10n ** 38n)]],
    ['empty arrays and objects', { list: [], map: {} }],
    ['nested ones', { a: [{ b: [[], [null]] }] }],
    ['32 levels', nested(31)],
    ['32 levels that end in a Set', nested(31, new Set(['a']))],
    ['bytes', new Uint8Array([0, 127, 255])],
    ['no bytes', new Uint8Array()],
    ['bytes in the middle of others', new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
    ['sets', [new Set(['a', 'é']), new Set([1, -2.5, 2n ** 60n]), new Set([new Uint8Array([1]), new Uint8Array([2])])]],
    ['odd keys', { 'a b': 1, 'a.b': 2, '#a': 3, ':a': 4, constructor: 5, toString: 6, hasOwnProperty: 7 }],
  ])('come back equal: %s', async (_, payload) => {
    const event = caught(newAggregateId(), 1, { payload, metadata: payload });

    await expect(adapter.pushEvent(event, context)).resolves.toStrictEqual({ event });
    await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
  });

  it('keep __proto__ as a member like any other', async () => {
    const payload = { hostile: ownProto({ isAdmin: true }), neighbour: {} };
    const event = caught(newAggregateId(), 1, { payload });
    await adapter.pushEvent(event, context);

    const { events } = await adapter.getEvents(event.aggregateId, context);
    const read = events[0]?.payload as typeof payload;
    expect(Object.keys(read.hostile)).toStrictEqual(['__proto__']);
    expect(Object.getOwnPropertyDescriptor(read.hostile, '__proto__')?.value).toStrictEqual({ isAdmin: true });
    expect((read.hostile as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(Object.getPrototypeOf(read.hostile)).toBe(Object.prototype);
    expect((read.neighbour as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('come back as plain bytes from a Buffer, and as plain objects from ones without a prototype', async () => {
    const payload = { buffer: Buffer.from('pikachu'), bare: Object.assign(Object.create(null), { a: 1 }) };
    const event = caught(newAggregateId(), 1, { payload });
    await adapter.pushEvent(event, context);

    const { events } = await adapter.getEvents(event.aggregateId, context);
    expect(events[0]?.payload).toStrictEqual({ buffer: new Uint8Array(Buffer.from('pikachu')), bare: { a: 1 } });
  });

  it('of another realm are stored', async () => {
    const event = caught(newAggregateId(), 1, {
      payload: structuredClone({ a: [new Set(['b']), new Uint8Array([1])] }),
    });
    await adapter.pushEvent(event, context);
    await expect(adapter.getEvents(event.aggregateId, context)).resolves.toEqual({ events: [event] });
  });

  const circular: { self?: unknown } = {};
  circular.self = circular;

  it.each<[string, unknown, string?]>([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a number beyond 2^53 - 1', 2 ** 53],
    ['a number nearer to 0 than 1e-130', 1e-131],
    ['a small bigint', 1n],
    ['a bigint of 39 digits', 10n ** 38n + 1n],
    ['a bigint of 127 digits', 10n ** 126n],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a Date', new Date()],
    ['a Map', new Map()],
    ['a class instance', new Pokemon()],
    ['a RegExp', /a/],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['an Int8Array', new Int8Array(1)],
    ['an empty Set', new Set()],
    ['a mixed Set', new Set([1, 'a'])],
    ['a Set of objects', new Set([{}])],
    ['a Set of equal bytes', new Set([new Uint8Array([1]), new Uint8Array([1])])],
    ['undefined in an array', [1, undefined], '[1]'],
    ['an array with a hole', sparse],
    ['an array with members', Object.assign([1], { index: 0 })],
    ['a symbol key', { [Symbol('s')]: 1 }],
    ['half a surrogate pair', '\ud800'],
    ['half a surrogate pair in a key', { '\udc00': 1 }, '["\\udc00"]'],
    ['33 levels', nested(32), '.inner'.repeat(32)],
    ['an object that contains itself', circular, '.self'.repeat(32)],
  ])('that would not come back equal are refused with their path: %s', async (_, value, deeper = '') => {
    const aggregateId = newAggregateId();
    const refused = async (event: object) =>
      rejection(adapter.pushEvent({ ...caught(aggregateId, 1), ...event }, context));

    const deep = await refused({ payload: { list: [0, { value }] } });
    if (!deeper.startsWith('.')) {
      expect(deep).toMatchObject({
        code: 'UnstorableValueError',
        path: `payload.list[1].value${deeper}`,
        eventStoreId: context.eventStoreId,
        aggregateId,
        version: 1,
      });
    }
    const shallow = await refused({ metadata: value });
    expect(shallow).toMatchObject({ code: 'UnstorableValueError', path: `metadata${deeper}` });
    expect(requests).toHaveLength(0);
  });

  describe('that somebody else wrote and JavaScript cannot hold', () => {
    it.each(['9007199254740993.5', '0.1234567890123456789', '1e-400', '1.00000000000000000001'])(
      'give an error with their place, and leave the other events readable: %s',
      async number => {
        const aggregateId = newAggregateId();
        await adapter.pushEvent(caught(aggregateId, 1), context);
        await adapter.pushEvent(caught(aggregateId, 3), context);
        const key = layout === 'single-table' ? `${context.eventStoreId}#${aggregateId}` : aggregateId;
        const { timestamp, type } = caught(aggregateId, 2);
        const Item = {
          aggregateId: { S: key },
          version: { N: '2' },
          type: { S: type },
          timestamp: { S: timestamp },
          payload: { M: { amounts: { L: [{ N: '1' }, { N: number }] } } },
        };
        const written = await dynamoDbClient
          .send(new PutItemCommand({ TableName: tableName, Item }))
          .catch(() => undefined);
        if (written === undefined) return expect(number).toBe('1e-400');

        const error = await rejection(adapter.getEvents(aggregateId, context));
        expect(error).toMatchObject({
          code: 'UnreadableEventError',
          eventStoreId: context.eventStoreId,
          aggregateId,
          version: 2,
          path: 'payload.amounts[1]',
        });
        await expect(adapter.getEvents(aggregateId, context, { maxVersion: 1 })).resolves.toMatchObject({
          events: [{ version: 1 }],
        });
        await expect(adapter.getEvents(aggregateId, context, { minVersion: 3 })).resolves.toMatchObject({
          events: [{ version: 3 }],
        });
      },
    );
  });

  it('that cannot be read have won all the same, and the conflict says why it does not show them', async () => {
    const aggregateId = newAggregateId();
    await dynamoDbClient.send(
      new PutItemCommand({
        TableName: tableName,
        Item: {
          aggregateId: { S: layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId },
          version: { N: '1' },
          payload: { N: '0.1234567890123456789012345' },
        },
      }),
    );
    const group = [1, 2].map(version =>
      Object.assign(adapter.groupEvent({ aggregateId, version, type: 'T' }), { context }),
    ) as Parameters<typeof adapter.pushEventGroup> extends [unknown, ...infer EVENTS] ? EVENTS : never;
    for (const push of [
      () => adapter.pushEvent(caught(aggregateId, 1), context),
      () => adapter.pushEventGroup({}, ...group),
    ]) {
      const error = await rejection(push());
      expect(error).toMatchObject({
        code: 'EventAlreadyExistsError',
        version: 1,
        winningEvent: undefined,
        cause: { code: 'UnreadableEventError', path: 'payload' },
      });
    }
  });
});
