import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import {
  eventTableOf,
  fromStoredValue,
  packStoredValue,
  parseEventItem,
  type StoredItem,
  toStoredValue,
  unpackStoredValue,
} from '../src/index.js';
import { caught, context, describeOnEveryAdapter, newAggregateId } from './support.js';

/** The item as Lambda hands it out: JSON, with bytes in base64. */
const asInLambda = (item: object): StoredItem =>
  JSON.parse(
    JSON.stringify(item, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    ),
  );

describeOnEveryAdapter('parseEventItem', ({ layout, adapter, dynamoDbClient, tableName }) => {
  const isSingleTable = layout === 'single-table';
  const keyOf = (aggregateId: string, version: number) => ({
    aggregateId: { S: isSingleTable ? `${context.eventStoreId}#${aggregateId}` : aggregateId },
    version: { N: String(version) },
  });
  const read = async (aggregateId: string, version: number): Promise<StoredItem> => {
    const { Item } = await dynamoDbClient.send(
      new GetItemCommand({ TableName: tableName, Key: keyOf(aggregateId, version) }),
    );
    return Item as StoredItem;
  };

  it.each([newAggregateId(), '#', 'a#b', `${context.eventStoreId}#a`, '__proto__'])(
    'reads the event that was pushed to %s',
    async aggregateId => {
      const payload = {
        bytes: new Uint8Array([0, 255]),
        sets: [new Set([new Uint8Array([1])]), new Set([1])],
        list: [],
      };
      const event = caught(aggregateId, 1, { payload, metadata: { by: 'ash' } });
      await adapter.pushEvent(event, context);

      const item = await read(aggregateId, 1);
      expect(parseEventItem(layout, context.eventStoreId, item)).toStrictEqual(event);
      expect(parseEventItem(layout, context.eventStoreId, asInLambda(item))).toStrictEqual(event);
    },
  );

  it('knows an event without payload and metadata', async () => {
    const event = caught(newAggregateId(), 3);
    await adapter.pushEvent(event, context);
    const item = await read(event.aggregateId, 3);
    expect(parseEventItem(layout, context.eventStoreId, item)).toStrictEqual(event);
  });

  it.each([
    ['without a type', { timestamp: { S: '2026' } }],
    ['without a timestamp', { type: { S: 'CAUGHT' } }],
    ['with a type that is no string', { timestamp: { S: '2026' }, type: { N: '1' } }],
    ['below version 1', { timestamp: { S: '2026' }, type: { S: 'CAUGHT' }, version: { N: '0' } }],
    ['of another table', { timestamp: { S: '2026' }, type: { S: 'CAUGHT' }, aggregateId: { N: '0' } }],
  ])('passes over an item %s', (_, item) => {
    expect(parseEventItem(layout, context.eventStoreId, { ...keyOf('pikachu', 1), ...item })).toBeUndefined();
  });

  it('passes over the events of other event stores, if a table can hold any', () => {
    const item = { ...keyOf('pikachu', 1), timestamp: { S: '2026' }, type: { S: 'CAUGHT' } };
    const others = ['POKEMON', 'POKEMONS2', 'P'];
    expect(others.map(other => parseEventItem(layout, other, item) !== undefined)).toStrictEqual(
      others.map(() => !isSingleTable),
    );
  });

  it('says where a value is that JavaScript cannot hold', () => {
    const item = {
      ...keyOf('mew', 2),
      timestamp: { S: '2026' },
      type: { S: 'CAUGHT' },
      payload: { N: '9007199254740993.5' },
    };
    expect(() => parseEventItem(layout, context.eventStoreId, item)).toThrow(
      expect.objectContaining({ code: 'UnreadableEventError', aggregateId: 'mew', version: 2, path: 'payload' }),
    );
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['null in an object', { M: { level: null } }],
    ['null for an object', { M: null }],
    ['null in an array', { L: [{ N: '1' }, null] }],
    ['no array', { L: 5 }],
  ])('says which attribute of which event is no value of DynamoDB: %s', (_, payload) => {
    const item = { ...keyOf('mew', 5), timestamp: { S: '2026' }, type: { S: 'CAUGHT' }, payload } as StoredItem;
    expect(() => parseEventItem(layout, context.eventStoreId, item)).toThrow(
      expect.objectContaining({ code: 'UnreadableEventError', aggregateId: 'mew', version: 5, path: 'payload' }),
    );
  });

  it.each<[string, () => StoredItem]>([
    ['a member without a value', () => Object.defineProperty({}, '__proto__', { value: undefined, enumerable: true })],
    ['the prototype', () => Object.create({ isAdmin: { BOOL: true } }) as StoredItem],
  ])('names the place if the AWS SDK made %s of a member named __proto__, and gives no wrong event', (_, lose) => {
    const payload = { M: { inner: { M: Object.assign(lose(), { level: { N: '1' } }) } } };
    const item = { ...keyOf('mew', 3), timestamp: { S: '2026' }, type: { S: 'CAUGHT' }, payload };
    expect(() => parseEventItem(layout, context.eventStoreId, item)).toThrow('payload.inner.__proto__');
  });

  it('takes what Lambda hands out of a member named __proto__', () => {
    const image = {
      ...keyOf('mew', 4),
      timestamp: { S: '2026' },
      type: { S: 'CAUGHT' },
      payload: JSON.parse('{"M":{"__proto__":{"BOOL":true}}}') as StoredItem[string],
    };
    const event = parseEventItem(layout, context.eventStoreId, image);
    expect(JSON.stringify(event?.payload)).toBe('{"__proto__":true}');
  });

  it('tells where an adapter keeps its events', () => {
    expect(eventTableOf(adapter)).toStrictEqual({ tableName, layout, dynamoDbClient });
    expect(eventTableOf(undefined)).toBeUndefined();
    expect(eventTableOf(new InMemoryEventStorageAdapter())).toBeUndefined();
  });
});

describe('toStoredValue and fromStoredValue', () => {
  it.each<[string, unknown]>([
    ['an object', { a: [1, 'two', null, { three: [3.5] }], bytes: new Uint8Array([0, 255]), set: new Set(['a']) }],
    ['a bigint', 2n ** 60n],
    ['a text', 'Évoli 🦊'],
    ['a member named __proto__', JSON.parse('{ "__proto__": { "B": "no bytes" } }')],
  ])('are the inverse of each other, also by way of bytes: %s', (_, value) => {
    const stored = toStoredValue(value, 'view');
    expect(fromStoredValue(stored, 'view')).toStrictEqual(value);
    expect(fromStoredValue(unpackStoredValue(packStoredValue(stored)), 'view')).toStrictEqual(value);
  });

  it.each([
    ['text', 'secret'],
    ['JSON of something else', '{"B":"secret!"}'],
    ['nothing', 'null'],
  ])('refuse bytes of %s, and show none of them', (_, text) => {
    const unpack = () => unpackStoredValue(Buffer.from(text));
    expect(unpack).toThrow(expect.objectContaining({ code: 'InexactValueError' }));
    expect(unpack).not.toThrow(/secret/);
  });

  it('say which part of a value would not come back, and why', () => {
    expect(() => toStoredValue({ a: [0, Number.NaN] }, 'view')).toThrow(
      expect.objectContaining({ code: 'InexactValueError', path: 'view.a[1]', reason: expect.stringContaining('NaN') }),
    );
  });

  it('say which part of a value cannot be read, and why', () => {
    expect(() => fromStoredValue({ M: { a: { N: '9007199254740993.5' } } }, 'view')).toThrow(
      expect.objectContaining({ code: 'InexactValueError', path: 'view.a' }),
    );
  });
});
