import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type EventDetail, EventStore, EventType } from '@castore/core';
import { JSONSchemaEventType } from '@castore/event-type-json-schema';
import { ZodEventType } from '@castore/event-type-zod';
import {
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  type EventTransformation,
} from '@castore-dynamodb/adapter';
import { InMemorySnapshotStorage, withSnapshots } from '@castore-dynamodb/snapshots';
import { createStreamHandler, InMemoryCheckpointStore, projection } from '@castore-dynamodb/streams';
import { describeOnEveryLayout, newAggregateId, rejection } from '@castore-dynamodb/testing/eventTables';
import { Ajv } from 'ajv';
import * as v from 'valibot';
import { z } from 'zod';

import {
  type EvolutionOptions,
  evolution,
  type StandardSchema,
  schemasOf,
  type TypeShape,
  type Upcaster,
} from '../src/index.js';
import { loadArktype } from './arktype.js';

const context = { eventStoreId: 'POKEMONS' };
const CAUGHT = 'POKEMON_CAUGHT';

const event = (aggregateId: string, version: number, rest: Partial<EventDetail> = {}): EventDetail => ({
  aggregateId,
  version,
  type: CAUGHT,
  timestamp: '2026-01-01T00:00:00.000Z',
  ...rest,
});

const zodSchema = z.object({ level: z.number().int(), ball: z.string().default('poke') });

/** Each wants an integer `level`, and says that a `ball` is a poke ball if it is left out. */
const SCHEMAS: [string, StandardSchema][] = [
  ['zod', zodSchema],
  ['valibot', v.object({ level: v.pipe(v.number(), v.integer()), ball: v.optional(v.string(), 'poke') })],
  ['arktype', loadArktype().type({ level: 'number.integer', ball: "string = 'poke'" })],
  ['zod, asynchronously', zodSchema.refine(async () => true)],
];

/** Lives on what its upcasters make of `lvl`, which became `level`, and then `{ current }`. */
const UPCASTERS: Upcaster[] = [
  ({ payload }) => ({ payload: { level: (payload as { lvl: number }).lvl } }),
  ({ payload, metadata }) => ({
    payload: { level: { current: (payload as { level: number }).level } },
    metadata: { ...(metadata as object), upcast: true },
  }),
];

describeOnEveryLayout('evolution', ({ layout, tableNames: { events: tableName }, dynamoDbClient, requests }) => {
  const open = (...transformations: EventTransformation[]) => {
    const Adapter = layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
    return new Adapter({ tableName, dynamoDbClient, transformations });
  };
  const evolving = (shapes: Record<string, TypeShape>, options: Omit<EvolutionOptions, 'eventStores'> = {}) =>
    open(evolution({ eventStores: { POKEMONS: shapes }, ...options }));
  const read = async (adapter: ReturnType<typeof open>, aggregateId: string) =>
    (await adapter.getEvents(aggregateId, context)).events;
  const connected = (eventStorageAdapter: ReturnType<typeof open>) =>
    new EventStore({
      ...context,
      eventTypes: [new EventType<typeof CAUGHT, unknown, unknown>({ type: CAUGHT })],
      reducer: (_: { aggregateId: string; version: number }, { aggregateId, version }) => ({ aggregateId, version }),
      eventStorageAdapter,
    });
  const itemOf = async (aggregateId: string, version: number) => {
    const key = layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId;
    const Key = { aggregateId: { S: key }, version: { N: String(version) } };
    const get = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true });
    return (await dynamoDbClient.send(get)).Item;
  };

  describe.each(SCHEMAS)('with a schema of %s', (_, schema) => {
    const adapter = evolving({ [CAUGHT]: { schema, metadataSchema: schema } });

    it('stores what the schema returns, which pushEvent returns too', async () => {
      const aggregateId = newAggregateId();
      const pushed = event(aggregateId, 1, { payload: { level: 3 }, metadata: { level: 4, ball: 'great' } });
      const stored = { ...pushed, payload: { level: 3, ball: 'poke' } };
      await expect(adapter.pushEvent(pushed, context)).resolves.toStrictEqual({ event: stored });
      // The item is one as ever: whoever has no evolution reads it.
      for (const reader of [adapter, open()]) await expect(read(reader, aggregateId)).resolves.toStrictEqual([stored]);
    });

    it('refuses an event with its issues and their paths, and sends nothing', async () => {
      const invalid = event(newAggregateId(), 7, { payload: { level: 'three' }, metadata: { level: 1.5 } });
      requests.splice(0);
      await expect(adapter.pushEvent(invalid, context)).rejects.toMatchObject({
        code: 'InvalidEventError',
        ...context,
        aggregateId: invalid.aggregateId,
        version: 7,
        issues: [
          { path: ['payload', 'level'], message: expect.any(String) },
          { path: ['metadata', 'level'], message: expect.any(String) },
        ],
      });
      expect(requests).toHaveLength(0);
    });

    it('checks what is read instead, both, or neither', async () => {
      const old = event(newAggregateId(), 1, { payload: { level: 'three' }, metadata: { level: 1 } });
      const wanting = (validate: NonNullable<EvolutionOptions['validate']>) =>
        evolving({ [CAUGHT]: { schema } }, { validate });
      await wanting('read').pushEvent(old, context);
      await wanting('never').pushEvent({ ...old, version: 2 }, context);
      await expect(wanting('both').pushEvent({ ...old, version: 3 }, context)).rejects.toMatchObject({
        code: 'InvalidEventError',
      });
      for (const validate of ['read', 'both'] as const) {
        await expect(read(wanting(validate), old.aggregateId)).rejects.toMatchObject({
          code: 'InvalidEventError',
          version: 1,
          issues: [{ path: ['payload', 'level'] }],
        });
      }
      for (const validate of ['push', 'never'] as const) {
        await expect(read(wanting(validate), old.aggregateId)).resolves.toHaveLength(2);
      }
    });
  });

  it("takes the schemas of Castore's event types: zod's, and whatever has a parseEventDetail", async () => {
    const payloadSchema = {
      type: 'object',
      properties: { level: { type: 'integer' }, ball: { type: 'string', default: 'poke' } },
      required: ['level'],
    } as const;
    const jsonType = new JSONSchemaEventType({ type: CAUGHT, payloadSchema });
    const validate = new Ajv({ useDefaults: true }).compile(payloadSchema);
    jsonType.parseEventDetail = candidate => {
      const parsed = structuredClone(candidate) as EventDetail;
      if (validate(parsed.payload)) return { isValid: true, parsedEventDetail: parsed as never };
      return { isValid: false, parsingErrors: [new Error('the level is no integer')] };
    };
    const detailType = new EventType({ type: CAUGHT });
    const detailSchema = z.object({ payload: zodSchema });
    detailType.parseEventDetail = candidate => {
      const { success, data, error } = detailSchema.passthrough().safeParse(candidate);
      return success ? { isValid: true, parsedEventDetail: data as never } : { isValid: false, parsingErrors: [error] };
    };
    const cases: [EventType, PropertyKey[]][] = [
      [new ZodEventType({ type: CAUGHT, payloadSchema: zodSchema }), ['payload', 'level']],
      [jsonType, []],
      [detailType, ['payload', 'level']],
    ];
    for (const [eventType, path] of cases) {
      const store = new EventStore({ ...context, eventTypes: [eventType], reducer: (_: unknown, last) => last });
      const adapter = evolving(schemasOf(store));
      const aggregateId = newAggregateId();
      const { event: stored } = await adapter.pushEvent(event(aggregateId, 1, { payload: { level: 1 } }), context);
      expect(stored.payload).toStrictEqual({ level: 1, ball: 'poke' });
      await expect(
        adapter.pushEvent(event(aggregateId, 2, { payload: { level: 'x' } }), context),
      ).rejects.toMatchObject({ code: 'InvalidEventError', issues: [{ path }] });
    }
    // The schemas of a JSONSchemaEventType alone cannot be run.
    const bare = new JSONSchemaEventType({ type: CAUGHT, payloadSchema });
    expect(schemasOf({ eventTypes: [bare as EventType] })).toStrictEqual({ [CAUGHT]: {} });
  });

  it('reads events of every age in the shape of today, also as a winner, and leaves their items alone', async () => {
    const aggregateId = newAggregateId();
    await open().pushEvent(event(aggregateId, 1, { payload: { lvl: 1 } }), context);
    const second = evolving({ [CAUGHT]: { upcasters: UPCASTERS.slice(0, 1) } });
    await second.pushEvent(event(aggregateId, 2, { payload: { level: 2 }, metadata: { by: 'ash' } }), context);
    const third = evolving({ [CAUGHT]: { upcasters: UPCASTERS } });
    const newest = event(aggregateId, 3, { payload: { level: { current: 3 } } });
    await expect(third.pushEvent(newest, context)).resolves.toStrictEqual({ event: newest });

    await expect(read(third, aggregateId)).resolves.toStrictEqual([
      event(aggregateId, 1, { payload: { level: { current: 1 } }, metadata: { upcast: true } }),
      event(aggregateId, 2, { payload: { level: { current: 2 } }, metadata: { by: 'ash', upcast: true } }),
      newest,
    ]);
    const versions = await Promise.all([1, 2, 3].map(version => itemOf(aggregateId, version)));
    expect(versions.map(item => item?.['schemaVersion']?.N)).toStrictEqual([undefined, '2', '3']);
    expect(versions[0]?.['payload']).toStrictEqual({ M: { lvl: { N: '1' } } });

    await expect(third.pushEvent(event(aggregateId, 1), context)).rejects.toMatchObject({
      winningEvent: { payload: { level: { current: 1 } } },
    });
    await expect(read(second, aggregateId)).rejects.toMatchObject({
      code: 'UnreadableEventError',
      version: 3,
      path: 'schemaVersion',
      message: expect.stringContaining('newer code wrote it'),
    });
  });

  it('reads a type by its name of today, and then in its shape of today', async () => {
    const aggregateId = newAggregateId();
    await open().pushEvent(event(aggregateId, 1, { type: 'TRAPPED', payload: { depth: 5 } }), context);
    const adapter = evolving({
      TRAPPED: {
        upcasters: [({ payload }) => ({ payload: { lvl: (payload as { depth: number }).depth } })],
        renamedTo: 'NETTED',
      },
      NETTED: { renamedTo: CAUGHT },
      [CAUGHT]: { upcasters: UPCASTERS },
    });
    const expected = { type: CAUGHT, payload: { level: { current: 5 } } };
    await expect(read(adapter, aggregateId)).resolves.toMatchObject([expected]);
    await expect(itemOf(aggregateId, 1)).resolves.toMatchObject({ type: { S: 'TRAPPED' } });

    const seen: EventDetail[] = [];
    const store = connected(adapter);
    const log = projection({
      name: 'log',
      eventStores: [store],
      checkpoints: new InMemoryCheckpointStore(),
      on: { [CAUGHT]: (each: EventDetail) => void seen.push(each) },
    });
    const eventSourceARN = `arn:aws:dynamodb:us-east-1:123456789012:table/${tableName}/stream/1`;
    const NewImage = await itemOf(aggregateId, 1);
    await createStreamHandler({ projections: [log] })([{ eventSourceARN, dynamodb: { NewImage } }] as never);
    expect(seen).toMatchObject([expected]);
  });

  it.each(['push', 'never'] as const)(
    'refuses pushes by a former name, which its upcasters would take for old ones (validate: %s)',
    async validate => {
      const upcaster: Upcaster = ({ payload }) => ({ payload: { lvl: (payload as { depth: number }).depth } });
      const adapter = evolving({ TRAPPED: { upcasters: [upcaster], renamedTo: CAUGHT }, [CAUGHT]: {} }, { validate });
      const pushed = event(newAggregateId(), 1, { type: 'TRAPPED', payload: { lvl: 1 } });
      requests.splice(0);
      await expect(adapter.pushEvent(pushed, context)).rejects.toMatchObject({
        code: 'InvalidEventError',
        type: 'TRAPPED',
        issues: [{ path: ['type'], message: expect.stringContaining(CAUGHT) }],
      });
      expect(requests).toHaveLength(0);
    },
  );

  const thrown = new Error('no such level: 3');
  const throwing = (): never => {
    throw thrown;
  };
  const schemaOf = (validate: (value: unknown) => unknown): StandardSchema =>
    ({ '~standard': { version: 1, vendor: 'test', validate } }) as StandardSchema;
  it.each<[string, TypeShape, string]>([
    ['a schema throws', { schema: schemaOf(throwing) }, 'the schema'],
    ['a schema fails later', { schema: schemaOf(async () => throwing()) }, 'the schema'],
    ['a metadataSchema throws', { metadataSchema: schemaOf(throwing) }, 'the metadataSchema'],
    ['parseEventDetail throws', { parseEventDetail: throwing }, 'parseEventDetail'],
    ['a schema returns nothing', { schema: schemaOf(() => undefined) }, 'the schema'],
    ['a schema returns nothing later', { schema: schemaOf(async () => null) }, 'the schema'],
    ['a schema returns nothing as an issue', { schema: schemaOf(() => ({ issues: [null] })) }, 'the schema'],
    ['a schema returns nothing like issues', { schema: schemaOf(() => ({ issues: 'no' })) }, 'the schema'],
    [
      'a schema returns nothing like a path',
      { schema: schemaOf(() => ({ issues: [{ message: '', path: 1 }] })) },
      'the schema',
    ],
    ['parseEventDetail returns nothing', { parseEventDetail: () => undefined as never }, 'parseEventDetail'],
  ])('says at which event, if %s, and passes on what it threw', async (title, shape, what) => {
    const cause = title.includes('nothing') ? expect.any(TypeError) : thrown;
    const aggregateId = newAggregateId();
    const place = { ...context, aggregateId, version: 1 };
    const error = await rejection(evolving({ [CAUGHT]: shape }).pushEvent(event(aggregateId, 1), context));
    expect(error).toMatchObject({ code: 'EventTransformationError', ...place, what: `${what} of "${CAUGHT}"` });
    expect(error).toHaveProperty('cause', cause);
    expect(String(error)).not.toContain('no such level');

    await open().pushEvent(event(aggregateId, 1), context);
    const unreadable = await rejection(read(evolving({ [CAUGHT]: shape }, { validate: 'read' }), aggregateId));
    expect(unreadable).toMatchObject({ code: 'UnreadableEventError', ...place });
    expect(unreadable).toHaveProperty('cause', cause);
    expect(String(unreadable)).not.toContain('no such level');
  });

  it('parks an event that its schema or an upcaster refuses, and names what failed', async () => {
    const failure = new Error('no lvl');
    const failing = () => {
      throw failure;
    };
    const aggregateId = newAggregateId();
    await open().pushEvent(event(aggregateId, 1, { payload: { level: 'x' } }), context);
    const upcasting = evolving({ [CAUGHT]: { upcasters: [failing] } });
    await expect(read(upcasting, aggregateId)).rejects.toMatchObject({ code: 'UnreadableEventError', cause: failure });

    const validating = evolving({ [CAUGHT]: { schema: zodSchema } }, { validate: 'read' });
    for (const [name, adapter] of Object.entries({ UnreadableEventError: upcasting, InvalidEventError: validating })) {
      const store = connected(adapter);
      const log = projection({
        name: `log-${name}`,
        eventStores: [store],
        checkpoints: new InMemoryCheckpointStore(),
        on: { [CAUGHT]: () => {} },
      });
      const eventSourceARN = `arn:aws:dynamodb:us-east-1:123456789012:table/${tableName}/stream/1`;
      const dynamodb = { NewImage: await itemOf(aggregateId, 1) };
      const handler = createStreamHandler({ projections: [log], maxAttempts: 1, onFailure: () => 'park' });
      await handler([{ eventSourceARN, dynamodb }] as never);
      await expect(log.listParked()).resolves.toMatchObject([{ aggregateId, version: 1, error: { name } }]);
    }
  });

  it.each<[string, Upcaster]>([
    ['a promise', (async () => ({ payload: { level: 1 } })) as never],
    ['a promise that is rejected', (async () => Promise.reject(new Error('no'))) as never],
    ['nothing', (() => undefined) as never],
    ['a number', (() => 5) as never],
  ])('refuses an upcaster that returns %s, which would change nothing', async (_, upcaster) => {
    const aggregateId = newAggregateId();
    await open().pushEvent(event(aggregateId, 1), context);
    const upcasting = evolving({ [CAUGHT]: { upcasters: [upcaster] } });
    await expect(read(upcasting, aggregateId)).rejects.toMatchObject({ code: 'UnreadableEventError', path: 'payload' });
  });

  it.each<[string, object, string, RegExp]>([
    ['a member that events do not have', { level: 5 }, 'payload', /upcasters\[1\] of .* "level"/],
    ['a misspelt member', { payload: {}, paylod: {} }, 'payload', /upcasters\[1\] of .* "paylod"/],
    ['an aggregateId', { payload: {}, aggregateId: 'a' }, 'payload', /upcasters\[1\] of .* "aggregateId"/],
    ['a version', { version: 7 }, 'payload', /upcasters\[1\] of .* "version"/],
    ['a promise as payload', { payload: Promise.reject(new Error('no')) }, 'payload', /upcasters\[1\] .* promise/],
    ['a promise as metadata', { metadata: Promise.resolve() }, 'metadata', /upcasters\[1\] .* promise/],
    ['a number as type', { type: 5 }, 'type', /upcasters\[1\]/],
    ['no name as type', { type: '' }, 'type', /upcasters\[1\]/],
  ])('refuses an upcaster that returns %s, and names both', async (_, change, path, message) => {
    const aggregateId = newAggregateId();
    await open().pushEvent(event(aggregateId, 1), context);
    const upcasting = evolving({ [CAUGHT]: { upcasters: [() => ({}), () => change] } });
    await expect(read(upcasting, aggregateId)).rejects.toMatchObject({
      code: 'UnreadableEventError',
      ...context,
      aggregateId,
      version: 1,
      path,
      message: expect.stringMatching(message),
    });
  });

  it('takes a type that an upcaster made, unless it is unknown and those are refused', async () => {
    const aggregateId = newAggregateId();
    await open().pushEvent(event(aggregateId, 1), context);
    const [renaming, same] = [() => ({ type: 'LOST' }), () => ({ type: undefined as never })];
    const [unknown, known] = [{ [CAUGHT]: { upcasters: [renaming] } }, { LOST: {} }];
    const refusing = { unknownTypes: 'refuse' } as const;
    await expect(read(evolving(unknown), aggregateId)).resolves.toMatchObject([{ type: 'LOST' }]);
    await expect(read(evolving({ ...unknown, ...known }, refusing), aggregateId)).resolves.toMatchObject([
      { type: 'LOST' },
    ]);
    await expect(read(evolving({ [CAUGHT]: { upcasters: [same] } }, refusing), aggregateId)).resolves.toMatchObject([
      { type: CAUGHT },
    ]);
    await expect(read(evolving(unknown, refusing), aggregateId)).rejects.toMatchObject({
      code: 'UnreadableEventError',
      path: 'type',
      message: expect.stringMatching(/upcasters\[0\] of .* "LOST"/),
    });
  });

  it('stays as it was made, whatever becomes of the shapes that it was given', async () => {
    const aggregateId = newAggregateId();
    await open().pushEvent(event(aggregateId, 1, { payload: 1 }), context);
    const upcasters: Upcaster[] = [({ payload }) => ({ payload: [payload] })];
    const shapes: Record<string, TypeShape> = { [CAUGHT]: { upcasters } };
    const adapter = evolving(shapes);
    upcasters.push(() => ({ payload: 'another' }));
    shapes[CAUGHT] = {};
    await expect(read(adapter, aggregateId)).resolves.toMatchObject([{ payload: [1] }]);
  });

  it('keeps events of unknown types, or refuses them by name', async () => {
    const aggregateId = newAggregateId();
    const [keeping, refusing] = [evolving({}), evolving({}, { unknownTypes: 'refuse' })];
    await keeping.pushEvent(event(aggregateId, 1), context);
    await expect(read(keeping, aggregateId)).resolves.toHaveLength(1);
    await expect(read(refusing, aggregateId)).rejects.toMatchObject({ code: 'UnreadableEventError', path: 'type' });
    await expect(refusing.pushEvent(event(aggregateId, 2), context)).rejects.toMatchObject({
      code: 'InvalidEventError',
      issues: [{ path: ['type'] }],
    });
  });

  it('has no use for a snapshot from before a new upcaster, with the same reducerVersion', async () => {
    const aggregateId = newAggregateId();
    const storage = new InMemorySnapshotStorage();
    await open().pushEvent(event(aggregateId, 1, { payload: { lvl: 1 } }), context);
    await open().pushEvent(event(aggregateId, 2, { type: 'FREED', payload: 0 }), context);
    const load = async (upcasters: number) => {
      const adapter = evolving({ [CAUGHT]: { upcasters: UPCASTERS.slice(0, upcasters) } });
      const store = new EventStore({
        ...context,
        eventTypes: [new EventType<string, unknown>({ type: CAUGHT })],
        reducer: (before: { aggregateId: string; version: number; payloads: unknown[] }, { version, payload }) => ({
          aggregateId,
          version,
          payloads: [...(before?.payloads ?? []), payload],
        }),
        eventStorageAdapter: adapter,
      });
      const snapshotting = withSnapshots(store, { storage, reducerVersion: '1', policy: () => true });
      const { aggregate, snapshot } = await snapshotting.getExistingAggregate(aggregateId);
      await snapshotting.snapshots.settled();
      return [aggregate.payloads[0], snapshot?.version];
    };
    await expect(load(1)).resolves.toStrictEqual([{ level: 1 }, undefined]);
    await expect(load(1)).resolves.toStrictEqual([{ level: 1 }, 2]);
    await expect(load(2)).resolves.toStrictEqual([{ level: { current: 1 } }, undefined]);
    await expect(load(2)).resolves.toStrictEqual([{ level: { current: 1 } }, 2]);
  });

  it.each<[string, unknown, string]>([
    ['no options', undefined, 'options'],
    ['no event stores', {}, 'options.eventStores'],
    ['an unknown option', { eventStores: {}, valdiate: 'push' }, 'options.valdiate'],
    ['an unknown validate', { eventStores: {}, validate: 'always' }, 'options.validate'],
    ['an unknown unknownTypes', { eventStores: {}, unknownTypes: 'drop' }, 'options.unknownTypes'],
    ['shapes that are none', { eventStores: { A: 1 } }, 'options.eventStores.A'],
    ['a Map of event stores', { eventStores: new Map([['A', {}]]) }, 'options.eventStores'],
    ['a Map of shapes', { eventStores: { A: new Map([['B', {}]]) } }, 'options.eventStores.A'],
    ['a Map as a shape', { eventStores: { A: { B: new Map() } } }, 'options.eventStores.A.B'],
    [
      'a hole among the upcasters',
      { eventStores: { A: { B: { upcasters: Object.assign([], { 1: () => ({}) }) } } } },
      'options.eventStores.A.B.upcasters[0]',
    ],
    ['a misspelt member', { eventStores: { A: { B: { schemas: 1 } } } }, 'options.eventStores.A.B.schemas'],
    ['a schema that is none', { eventStores: { A: { B: { schema: {} } } } }, 'options.eventStores.A.B.schema'],
    [
      'an upcaster that is none',
      { eventStores: { A: { B: { upcasters: [1] } } } },
      'options.eventStores.A.B.upcasters[0]',
    ],
    ['upcasters that are none', { eventStores: { A: { B: { upcasters: 1 } } } }, 'options.eventStores.A.B.upcasters'],
    [
      'a rename to a name that is not listed',
      { eventStores: { A: { B: { renamedTo: 'C' } } } },
      'options.eventStores.A.B.renamedTo',
    ],
    [
      'a rename to a name of all objects',
      { eventStores: { A: { B: { renamedTo: 'constructor' } } } },
      'options.eventStores.A.B.renamedTo',
    ],
    ...(['schema', 'metadataSchema', 'parseEventDetail'] as const).map((name): [string, unknown, string] => [
      `a ${name} of a former name`,
      {
        eventStores: {
          A: { B: { renamedTo: 'C', [name]: name === 'parseEventDetail' ? () => ({}) : zodSchema }, C: {} },
        },
      },
      `options.eventStores.A.B.${name}`,
    ]),
    [
      'renames in a circle',
      { eventStores: { A: { B: { renamedTo: 'C' }, C: { renamedTo: 'B' } } } },
      'options.eventStores.A.B.renamedTo',
    ],
  ])('refuses %s by the name of the argument', (_, options, argument) => {
    expect(() => evolution(options as never)).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument }),
    );
  });
});
