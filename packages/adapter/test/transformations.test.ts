import { type AttributeValue, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { EventDetail, GroupedEvent } from '@castore/core';
import { levels, sealed } from '@castore-dynamodb/testing/transformations';

import {
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  decodeEventItem,
  defineTransformation,
  type EventTransformation,
  parseEventItem,
  schemaFingerprintOf,
} from '../src/index.js';
import {
  type Adapter as AnyAdapter,
  caught,
  context,
  describeOnEveryAdapter,
  newAggregateId,
  rejection,
} from './support.js';

const SETS: [string, EventTransformation[]][] = [
  ['at once', [levels(), sealed('inner'), sealed('outer', { key: 0x33 })]],
  [
    'later',
    [levels({ isLater: true }), sealed('inner', { isLater: true }), sealed('outer', { key: 0x33, isLater: true })],
  ],
];

const leveled = (aggregateId: string, version: number, rest: Partial<EventDetail> = {}): EventDetail =>
  caught(aggregateId, version, { type: 'POKEMON_LEVELED', payload: { level: version }, ...rest });

/** As it is read: with what `parse` adds. */
const parsed = (event: EventDetail): EventDetail => ({
  ...event,
  payload: { source: 'game', ...(event.payload as object) },
});

describeOnEveryAdapter(
  'an adapter with transformations',
  ({ layout, tableName, dynamoDbClient, adapter, requests }) => {
    const Adapter = layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
    const open = (...transformations: EventTransformation[]) =>
      new Adapter({ tableName, dynamoDbClient, transformations });

    const keyOf = (aggregateId: string, version: number) => ({
      aggregateId: { S: layout === 'single-table' ? `${context.eventStoreId}#${aggregateId}` : aggregateId },
      version: { N: String(version) },
    });
    const itemOf = async (aggregateId: string, version: number): Promise<Record<string, AttributeValue>> => {
      const Key = keyOf(aggregateId, version);
      const { Item } = await dynamoDbClient.send(
        new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }),
      );
      return Item as Record<string, AttributeValue>;
    };

    describe.each(SETS)('which decode %s', (_, transformations) => {
      const transforming = open(...transformations);

      it('stores the changed event with the names of those that changed it, and reads it as it was parsed', async () => {
        const event = leveled(newAggregateId(), 1, { metadata: { bytes: new Uint8Array([1]), big: 2n ** 60n } });

        await expect(transforming.pushEvent(event, context)).resolves.toStrictEqual({ event: parsed(event) });

        const item = await itemOf(event.aggregateId, 1);
        expect(item['encoding']).toStrictEqual({ S: 'inner,outer' });
        expect(item['schemaVersion']).toStrictEqual({ N: '2' });
        expect(item['payload']?.B).toBeInstanceOf(Uint8Array);
        expect(item['metadata']).toBeUndefined();
        await expect(transforming.getEvents(event.aggregateId, context)).resolves.toStrictEqual({
          events: [parsed(event)],
        });
      });

      it('reads events that were stored without any, in the shape of today, and leaves them as they are', async () => {
        const aggregateId = newAggregateId();
        const old = caught(aggregateId, 1, { type: 'LEVELED', payload: { lvl: 1 } });
        await adapter.pushEvent(old, context);
        const before = await itemOf(aggregateId, 1);
        await transforming.pushEvent(leveled(aggregateId, 2), context);
        await adapter.pushEvent(caught(aggregateId, 3), context);

        const events = [
          { ...old, type: 'POKEMON_LEVELED', payload: { level: 1 } },
          parsed(leveled(aggregateId, 2)),
          caught(aggregateId, 3),
        ];
        await expect(transforming.getEvents(aggregateId, context)).resolves.toStrictEqual({ events });
        await expect(transforming.getEvents(aggregateId, context, { reverse: true, limit: 2 })).resolves.toStrictEqual({
          events: events.toReversed().slice(0, 2),
        });
        const streamed: EventDetail[] = [];
        for await (const event of transforming.streamEvents(aggregateId, context)) streamed.push(event);
        expect(streamed).toStrictEqual(events);
        await expect(itemOf(aggregateId, 1)).resolves.toStrictEqual(before);
      });

      it('hands out the winning event of a conflict: of a push, a group, a check', async () => {
        const aggregateId = newAggregateId();
        const winner = parsed(leveled(aggregateId, 1));
        await transforming.pushEvent(leveled(aggregateId, 1), context);
        const lost = { code: 'EventAlreadyExistsError', winningEvent: winner };
        const grouped = (version: number, id: string) => {
          const { timestamp: __, ...event } = leveled(id, version);
          return Object.assign(transforming.groupEvent(event), { context });
        };

        await expect(transforming.pushEvent(leveled(aggregateId, 1), context)).rejects.toMatchObject(lost);
        await expect(
          transforming.pushEventGroup({}, grouped(1, aggregateId), grouped(2, aggregateId)),
        ).rejects.toMatchObject(lost);
        const checks = [{ ...context, aggregateId, version: 0, eventStorageAdapter: transforming }];
        await expect(transforming.pushEventGroup({ checks }, grouped(1, newAggregateId()))).rejects.toMatchObject(lost);
      });

      it('writes groups, and returns of them what is read later', async () => {
        const aggregateId = newAggregateId();
        const group = [1, 2, 3].map(version => {
          const { timestamp: __, ...event } = leveled(aggregateId, version);
          return Object.assign(transforming.groupEvent(event), { context });
        });
        const { eventGroup } = await transforming.pushEventGroup({}, ...(group as [GroupedEvent]));
        const { events } = await transforming.getEvents(aggregateId, context);
        expect(events).toStrictEqual(eventGroup.map(({ event }) => event));
        expect(events[0]?.payload).toStrictEqual({ source: 'game', level: 1 });
      });

      it('costs the same requests as one without', async () => {
        const aggregateId = newAggregateId();
        for (let version = 1; version <= 40; version++)
          await transforming.pushEvent(leveled(aggregateId, version), context);
        requests.splice(0);
        const { events } = await transforming.getEvents(aggregateId, context);
        expect(events.map(({ version }) => version)).toStrictEqual(
          Array.from({ length: 40 }, (__, index) => index + 1),
        );
        expect(requests.map(({ operation }) => operation)).toStrictEqual(['Query']);
      });
    });

    it('is needed to read what it stored: the ones that are missing are named', async () => {
      const event = leveled(newAggregateId(), 1);
      await open(...(SETS[0]?.[1] as EventTransformation[])).pushEvent(event, context);
      const location = { ...context, aggregateId: event.aggregateId, version: 1 };
      const missing = (names: string) => ({
        ...location,
        code: 'UnreadableEventError',
        path: 'encoding',
        message: expect.stringContaining(`: ${names}.`) as string,
      });
      const outer = sealed('outer', { key: 0x33 });

      await expect(adapter.getEvents(event.aggregateId, context)).rejects.toMatchObject(missing('inner,outer'));
      await expect(open(outer).getEvents(event.aggregateId, context)).rejects.toMatchObject(missing('inner'));
      await expect(open(sealed('inner')).getEvents(event.aggregateId, context)).rejects.toMatchObject(missing('outer'));
      await expect(open(outer, sealed('inner')).getEvents(event.aggregateId, context)).rejects.toMatchObject(
        missing('evolution'),
      );

      const lost = await rejection(adapter.pushEvent(event, context));
      expect(lost).toMatchObject({ code: 'EventAlreadyExistsError', cause: missing('inner,outer') });
      expect((lost as { winningEvent?: unknown }).winningEvent).toBeUndefined();

      const item = await itemOf(event.aggregateId, 1);
      expect(() => parseEventItem(layout, context.eventStoreId, item)).toThrow(
        expect.objectContaining(missing('inner,outer')),
      );
    });

    it('refuses by name what newer code wrote, if it does not know of shapes at all', async () => {
      const event = leveled(newAggregateId(), 1);
      await open(levels()).pushEvent(event, context);
      await expect(adapter.getEvents(event.aggregateId, context)).rejects.toMatchObject({
        code: 'UnreadableEventError',
        message: expect.stringContaining('evolution') as string,
      });
    });

    it.each<[string, Record<string, AttributeValue>]>([
      ['an encoding that is no text', { encoding: { N: '1' } }],
      ['an empty encoding', { encoding: { S: '' } }],
      ['an encoding named as a member of objects', { encoding: { S: '__proto__' } }],
      ['an encoding named as the evolution', { encoding: { S: 'evolution' } }],
      ['a schema version of 0', { schemaVersion: { N: '0' } }],
      ['a schema version that is no number', { schemaVersion: { S: '1' } }],
    ])('refuses %s', async (_, marks) => {
      const aggregateId = newAggregateId();
      await adapter.pushEvent(caught(aggregateId, 1), context);
      const Item = { ...(await itemOf(aggregateId, 1)), ...marks };
      await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item }));
      for (const reader of [adapter, open(levels(), sealed('inner'))]) {
        await expect(reader.getEvents(aggregateId, context)).rejects.toMatchObject({ code: 'UnreadableEventError' });
      }
    });

    it('refuses an encoding that names a transformation twice, as none is applied twice', async () => {
      const same = defineTransformation({ name: 'same', encode: content => content, decode: content => content });
      const aggregateId = newAggregateId();
      await open(same).pushEvent(caught(aggregateId, 1), context);
      const Item = { ...(await itemOf(aggregateId, 1)), encoding: { S: 'same,same' } };
      await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item }));
      await expect(open(same).getEvents(aggregateId, context)).rejects.toMatchObject({
        code: 'UnreadableEventError',
        path: 'encoding',
        version: 1,
      });
    });

    it('leaves no trace on an event that none of them changes', async () => {
      const unchanged = defineTransformation({
        name: 'unchanged',
        encode: () => undefined,
        decode: () => ({ payload: 'wrong' }),
      });
      const [one, other] = [newAggregateId(), newAggregateId()];
      await open(unchanged).pushEvent(caught(one, 1, { payload: 1 }), context);
      await adapter.pushEvent(caught(other, 1, { payload: 1 }), context);
      const [item, plain] = [await itemOf(one, 1), await itemOf(other, 1)];
      expect(Object.keys(item).toSorted()).toStrictEqual(Object.keys(plain).toSorted());
      await expect(adapter.getEvents(one, context)).resolves.toStrictEqual({
        events: [caught(one, 1, { payload: 1 })],
      });
    });

    it('counts what is stored against the limit, and not what it was made of', async () => {
      const stored = new Map<number, unknown>();
      const elsewhere = defineTransformation({
        name: 'elsewhere',
        encode: ({ version, payload }: EventDetail) => {
          stored.set(version, payload);
          return { payload: version };
        },
        decode: ({ payload }: EventDetail) => ({ payload: stored.get(payload as number) }),
      });
      const blown = defineTransformation({
        name: 'blown',
        encode: () => ({ payload: 'x'.repeat(400 * 1024) }),
        decode: () => ({}),
      });
      const large = caught(newAggregateId(), 1, { payload: 'x'.repeat(1_000_000) });

      await expect(open(elsewhere).pushEvent(large, context)).resolves.toStrictEqual({ event: large });
      await expect(open(elsewhere).getEvents(large.aggregateId, context)).resolves.toStrictEqual({ events: [large] });
      requests.splice(0);
      await expect(adapter.pushEvent(large, context)).rejects.toMatchObject({ code: 'EventTooLargeError' });
      await expect(open(blown).pushEvent(caught(newAggregateId(), 1), context)).rejects.toMatchObject({
        code: 'EventTooLargeError',
      });
      expect(requests).toHaveLength(0);
    });

    it('can ask for the size of what it would store, before it does what is of no use without the event', async () => {
      const made: string[] = [];
      const asking = defineTransformation({
        name: 'asking',
        encode: async ({ payload }, { checkSize }) => {
          await checkSize?.({ payload: 'x'.repeat(payload as number) });
          made.push(String(payload));
          return { payload: 'x'.repeat(payload as number) };
        },
        decode: () => ({}),
      });
      const half = {
        name: 'half',
        encode: ({ payload }: EventDetail) => ({ payload: (payload as string).slice((payload as string).length / 2) }),
        decode: () => ({}),
      };
      const halving = defineTransformation({ ...half, preview: half.encode });
      const fits = 409_600 - 200;
      const push = (payload: number, ...transformations: EventTransformation[]) =>
        open(asking, ...transformations).pushEvent(caught(newAggregateId(), 1, { payload }), context);
      const tooLarge = { code: 'EventTooLargeError', version: 1 };

      await push(fits);
      await push(2 * fits, halving);
      await expect(push(fits + 200)).rejects.toMatchObject(tooLarge);
      await expect(push(2 * fits + 400, halving)).rejects.toMatchObject(tooLarge);
      expect(made).toStrictEqual([String(fits), String(2 * fits)]);
      // Of one that cannot tell beforehand, the size is known in the end.
      await expect(push(2 * fits + 400, defineTransformation(half))).rejects.toMatchObject(tooLarge);
      expect(made).toHaveLength(3);
    });

    it('refuses what cannot be stored by its path, before a transformation sees it, and sends nothing', async () => {
      const encode = jest.fn(() => undefined);
      const event = caught(newAggregateId(), 1, { payload: { at: new Date() } });
      const seen = defineTransformation({ name: 'seen', encode, decode: () => ({}) });
      await expect(open(seen).pushEvent(event, context)).rejects.toMatchObject({
        code: 'UnstorableValueError',
        path: 'payload.at',
      });
      expect(encode).not.toHaveBeenCalled();
      expect(requests).toHaveLength(0);
    });

    it('throws what a transformation throws, sends nothing, and reports the first event that cannot be read', async () => {
      const failure = new Error('no key');
      const failing = (versions: number[], isLater: boolean): EventTransformation =>
        defineTransformation({
          name: 'failing',
          encode: ({ payload }) => ({ payload }),
          decode: ({ version, payload }) => {
            const isFailing = versions.includes(version);
            if (isLater && version === Math.min(...versions)) return Promise.reject(new Error(`at ${version}`));
            if (isFailing) throw new Error(`at ${version}`);
            return { payload };
          },
        });
      const throwing = defineTransformation({
        name: 'throwing',
        encode: () => {
          throw failure;
        },
        decode: () => ({}),
      });
      const aggregateId = newAggregateId();
      await expect(rejection(open(throwing).pushEvent(caught(aggregateId, 1), context))).resolves.toBe(failure);
      expect(requests).toHaveLength(0);
      for (const version of [1, 2, 3]) await open(failing([], false)).pushEvent(caught(aggregateId, version), context);
      for (const isLater of [false, true]) {
        await expect(open(failing([2, 3], isLater)).getEvents(aggregateId, context)).rejects.toThrow('at 2');
      }
    });

    it('is read at once by parseEventItem if that can be, and else refused by name', async () => {
      const event = leveled(newAggregateId(), 1);
      const [atOnce, later] = SETS.map(([, set]) => open(...set)) as [AnyAdapter, AnyAdapter];
      await atOnce.pushEvent(event, context);
      const item = await itemOf(event.aggregateId, 1);
      expect(parseEventItem(layout, context.eventStoreId, item, atOnce)).toStrictEqual(parsed(event));
      expect(() => parseEventItem(layout, context.eventStoreId, item, later)).toThrow(
        expect.objectContaining({ code: 'AsynchronousTransformationError', transformation: 'outer' }),
      );
      await expect(decodeEventItem(layout, context.eventStoreId, item, later)).resolves.toStrictEqual(parsed(event));
    });

    it('says in which shape it reads events', () => {
      expect(schemaFingerprintOf(open(levels(), sealed('inner')), 'POKEMONS')).toBe('levels');
      expect(schemaFingerprintOf(open(sealed('inner')), 'POKEMONS')).toBe('');
      expect(schemaFingerprintOf(adapter, 'POKEMONS')).toBe('');
      expect(schemaFingerprintOf(undefined, 'POKEMONS')).toBe('');
    });

    const { encode, decode } = sealed('x');
    it.each<[string, unknown, string]>([
      ['one without a name', { encode, decode }, 'transformation.name'],
      ['a name with a comma', { name: 'a,b', encode, decode }, 'transformation.name'],
      ['one that cannot undo', { name: 'a', encode }, 'transformation.decode'],
      ['half an evolution', { name: 'a', upcast: encode }, 'transformation.parse'],
      ['no object', 'gzip', 'transformation'],
    ])('cannot be defined of %s', (_, transformation, argument) => {
      expect(() => defineTransformation(transformation as never)).toThrow(
        expect.objectContaining({ code: 'InvalidArgumentError', argument }),
      );
    });

    it.each<[string, unknown, string]>([
      ['no array', {}, 'options.transformations'],
      ['one that was not defined', [{ name: 'x', encode, decode }], 'options.transformations'],
      ['another that was not defined', [sealed('a'), 'gzip'], 'options.transformations[1]'],
      ['a name twice', [sealed('a'), sealed('a')], 'options.transformations[1].name'],
      ['two that evolve', [levels(), defineTransformation({ ...levels(), name: 'b' })], 'options.transformations[1]'],
      ['one that is none', [{}], 'options.transformations'],
    ])('refuses %s by the name of the argument', (_, transformations, argument) => {
      expect(() => new Adapter({ tableName, dynamoDbClient, transformations: transformations as never })).toThrow(
        expect.objectContaining({ code: 'InvalidArgumentError', argument }),
      );
    });

    it('says which one is none', () => {
      const adapterOf = (transformations: unknown[]) => () =>
        new Adapter({ tableName, dynamoDbClient, transformations: transformations as never });
      expect(adapterOf([{}])).toThrow('[0] is an object, which is not a transformation');
      expect(adapterOf([sealed('a'), {}])).toThrow('options.transformations[1]');
    });
  },
);
