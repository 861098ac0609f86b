import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NotificationMessageQueue } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { InvalidArgumentError } from '@castore-dynamodb/adapter';
import { BAD_VALUES, describeBadValue, type Kind } from '@castore-dynamodb/testing/badValues';
import { localClientConfig } from '@castore-dynamodb/testing/localClientConfig';
import { recordRequests } from '@castore-dynamodb/testing/recordRequests';

import {
  createProjectionTable,
  createStreamHandler,
  DynamoDbCheckpointStore,
  deleteProjection,
  dynamoDbProjection,
  ImageParser,
  InMemoryCheckpointStore,
  projection,
  readAllEvents,
  replayEvents,
  StreamPoller,
  toMessageChannel,
} from '../src/index.js';
import { connectEventStores, newPokemons } from './support/eventStores.js';

const client = new DynamoDBClient(localClientConfig('http://127.0.0.1:9'));
const requests = recordRequests(client);
const { pokemons, trainers } = connectEventStores('table-per-store', client, { pokemons: 'p', trainers: 't' });

const projectionOf = (eventStores: (typeof pokemons)[]) =>
  projection({ name: 'mailer', eventStores, checkpoints: new InMemoryCheckpointStore(), on: {} });

beforeEach(() => void requests.splice(0));
afterAll(() => client.destroy());

/** Functions, good options of each, and what else is none: of a kind, or these very values. */
const FUNCTIONS: Record<
  string,
  { call: (options: never) => Promise<unknown>; options: object; wrong: Record<string, Kind | unknown[]> }
> = {
  replayEvents: {
    call: replayEvents,
    options: { projections: [projectionOf([pokemons])] },
    wrong: {
      projections: [
        undefined,
        null,
        42,
        'x',
        {},
        [],
        [null],
        [{}],
        [pokemons],
        [projectionOf([newPokemons()])],
        [projectionOf([pokemons]), projectionOf([pokemons])],
      ],
      eventStores: [null, 42, 'x', {}, [], [{}], [null], [trainers], [pokemons, pokemons]],
      eventTypes: [null, 42, 'x', {}, [], [1], ['']],
      from: 'timestamp',
      to: 'timestamp',
      segments: [...BAD_VALUES['positive integer'], 1_000_001],
      readUnitsPerSecond: [null, '1', true, {}, 0, -1, Number.NaN, Number.POSITIVE_INFINITY],
      consistentRead: 'boolean',
      resume: 'boolean',
      onProgress: 'function',
      signal: [null, 42, 'x', true, {}, new AbortController()],
      onFailure: 'function',
      onParked: 'function',
      maxAttempts: 'positive integer',
      concurrency: 'positive integer',
    },
  },
};

const place = { eventStoreId: 'POKEMONS', aggregateId: 'pikachu', version: 1 };
FUNCTIONS['readAllEvents'] = {
  call: async (options: never) => readAllEvents(options).next(),
  options: { eventStores: [pokemons] },
  wrong: {
    eventStores: [undefined, null, 42, 'x', {}, [], [{}], [null], [pokemons, pokemons]],
    eventTypes: [null, 42, 'x', {}, [], [1], ['']],
    from: 'timestamp',
    to: 'timestamp',
    after: [
      ...BAD_VALUES.object,
      {},
      { ...place, eventStoreId: 'TRAINERS' },
      { ...place, aggregateId: '' },
      ...BAD_VALUES['positive integer'].map(version => ({ ...place, version })),
    ],
    bufferedEvents: 'positive integer',
  },
};

FUNCTIONS['deleteProjection'] = {
  call: deleteProjection,
  options: { name: 'mailer', tableName: 'views', dynamoDbClient: client },
  wrong: {
    name: [...BAD_VALUES.object, undefined, '', 'a#b', 'x'.repeat(101)].filter(value => value !== 'x'),
    tableName: [undefined, null, 42, '', {}],
    dynamoDbClient: 'client',
    signal: [null, 42, 'x', true, {}, new AbortController()],
  },
};

const checkpoints = new InMemoryCheckpointStore();
const NO_NAMES = [...BAD_VALUES.object, undefined, '', 'a#b', '\ud800', 'x'.repeat(101)].filter(value => value !== 'x');
const NO_EVENT_STORES = [undefined, null, 42, 'x', {}, [], [{}], [null], [pokemons, pokemons]];
const NO_HANDLERS = [undefined, ...BAD_VALUES.object, { POKEMON_NAMED: 'x' }];
const NO_CHECKPOINTS = [undefined, null, 42, 'x', {}, [], client, { read: () => [] }];
const NO_PROJECTIONS = [undefined, null, 42, 'x', {}, [], [null], [{}], [pokemons]];

FUNCTIONS['projection'] = {
  call: async (options: never) => projection(options),
  options: { name: 'mailer', eventStores: [pokemons], checkpoints, on: {} },
  wrong: {
    name: NO_NAMES,
    eventStores: NO_EVENT_STORES,
    checkpoints: NO_CHECKPOINTS,
    on: NO_HANDLERS,
    since: [null, 42, 'x', new Date()],
  },
};

FUNCTIONS['toMessageChannel'] = {
  call: async (options: never) => toMessageChannel(options),
  options: {
    name: 'forward',
    eventStores: [pokemons],
    checkpoints,
    messageChannel: new NotificationMessageQueue({ messageQueueId: 'QUEUE', sourceEventStores: [pokemons] }),
  },
  wrong: {
    name: NO_NAMES,
    eventStores: NO_EVENT_STORES,
    checkpoints: NO_CHECKPOINTS,
    messageChannel: [
      ...NO_PROJECTIONS,
      new NotificationMessageQueue({ messageQueueId: 'QUEUE', sourceEventStores: [trainers] }),
    ],
    since: [null, 42, 'x', new Date()],
  },
};

FUNCTIONS['dynamoDbProjection'] = {
  call: async (options: never) => dynamoDbProjection(options),
  options: {
    name: 'views',
    eventStores: [pokemons],
    tableName: 'views',
    dynamoDbClient: client,
    key: () => 'key',
    project: {},
  },
  wrong: {
    name: NO_NAMES,
    eventStores: NO_EVENT_STORES,
    tableName: [undefined, null, 42, '', {}],
    dynamoDbClient: 'client',
    key: [undefined, ...BAD_VALUES.function],
    project: NO_HANDLERS,
  },
};

FUNCTIONS['createStreamHandler'] = {
  call: async (options: never) => createStreamHandler(options),
  options: { projections: [projectionOf([pokemons])] },
  wrong: {
    projections: NO_PROJECTIONS,
    onFailure: 'function',
    onParked: 'function',
    logErrorMessages: 'boolean',
    otherTables: [null, 42, '', 'allow', {}, true],
    maxAttempts: 'positive integer',
    concurrency: 'positive integer',
  },
};

FUNCTIONS['ImageParser'] = {
  call: async (options: never) => new ImageParser(options),
  options: { sourceEventStores: [pokemons] },
  wrong: { sourceEventStores: [undefined, null, 42, 'x', {}, []] },
};

FUNCTIONS['retryParked'] = {
  // Without options it works.
  call: (options: object) =>
    projectionOf([pokemons]).retryParked({ eventStoreId: 'POKEMONS', aggregateId: 'pikachu' }, options ?? null),
  options: {},
  wrong: { skip: 'boolean' },
};

FUNCTIONS['DynamoDbCheckpointStore'] = {
  call: async (options: never) => new DynamoDbCheckpointStore(options),
  options: { tableName: 'views', dynamoDbClient: client },
  wrong: { tableName: [undefined, null, 42, '', {}], dynamoDbClient: 'client' },
};

FUNCTIONS['createProjectionTable'] = {
  call: (options: never) => createProjectionTable(client, options),
  options: { tableName: 'views' },
  wrong: { tableName: [undefined, null, 42, '', {}], timeToLive: 'boolean' },
};

FUNCTIONS['StreamPoller'] = {
  call: async (options: never) => new StreamPoller(options),
  options: {
    name: 'poller',
    projections: [projectionOf([pokemons])],
    checkpoints,
    dynamoDbStreamsClient: { send: async () => ({}) },
  },
  wrong: {
    name: NO_NAMES,
    projections: [...NO_PROJECTIONS, [projectionOf([newPokemons()])]],
    checkpoints: NO_CHECKPOINTS,
    dynamoDbStreamsClient: 'client',
    onFailure: 'function',
    onParked: 'function',
    onError: 'function',
    maxAttempts: 'positive integer',
    concurrency: 'positive integer',
    pollIntervalMs: 'positive integer',
    lockTimeoutMs: 'positive integer',
  },
};

describe.each(Object.entries(FUNCTIONS))('bad input of %s', (_, { call, options, wrong }) => {
  it.each(Object.entries(wrong))('%s is refused with its name, before a request', async (argument, kindOrValues) => {
    const accepted: Record<string, string> = {};
    for (const value of typeof kindOrValues === 'string' ? BAD_VALUES[kindOrValues] : kindOrValues) {
      const error: unknown = await call({ ...options, [argument]: value } as never).catch((thrown: unknown) => thrown);
      const isRefused = error instanceof InvalidArgumentError && error.argument === argument;
      if (!isRefused) accepted[describeBadValue(value)] = String(error);
    }
    expect(accepted).toStrictEqual({});
    expect(requests.map(({ operation }) => operation)).toStrictEqual([]);
  });

  it('an option that does not exist is refused by its name', async () => {
    const misspelt = call({ ...options, Concurrency: 1 } as never);
    await expect((async () => misspelt)()).rejects.toMatchObject({
      code: 'InvalidArgumentError',
      argument: 'Concurrency',
    });
    expect(requests).toHaveLength(0);
  });

  it('no options at all are refused', async () => {
    for (const value of [undefined, ...BAD_VALUES.object]) {
      await expect((async () => call(value as never))()).rejects.toMatchObject({ argument: 'options' });
    }
  });
});

it('an event store of another adapter is refused, by its id', async () => {
  const foreign = newPokemons(new InMemoryEventStorageAdapter());
  await expect(replayEvents({ projections: [projectionOf([foreign])] })).rejects.toMatchObject({
    code: 'InvalidArgumentError',
    argument: 'projections',
    message: expect.stringContaining('"POKEMONS"'),
  });
});

it.each([
  ['two projections have the name "mailer"', { projections: [projectionOf([pokemons]), projectionOf([pokemons])] }],
  ['got an empty array', { projections: [] }],
  [
    'two event stores have the id "POKEMONS"',
    { projections: [projectionOf([pokemons])], eventStores: [pokemons, pokemons] },
  ],
])('a replay says which one is wrong: %s', async (message, options) => {
  await expect(replayEvents(options as never)).rejects.toThrow(message);
});

it.each([
  ['on', () => projection({ name: 'mailer', eventStores: [pokemons], checkpoints, on: { POKEMON_NAMED: 3 } } as never)],
  [
    'project',
    () => dynamoDbProjection({ ...FUNCTIONS['dynamoDbProjection']?.options, project: { POKEMON_NAMED: 3 } } as never),
  ],
])('what is no handler is named by its event type, in %s', (argument, call) => {
  expect(call).toThrow(`Invalid ${argument}: expected a function for "POKEMON_NAMED", got 3.`);
});
