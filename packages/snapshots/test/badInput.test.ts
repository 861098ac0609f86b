import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter, InvalidArgumentError } from '@castore-dynamodb/adapter';
import { BAD_VALUES, describeBadValue, type Kind } from '@castore-dynamodb/testing/badValues';
import { localClientConfig } from '@castore-dynamodb/testing/localClientConfig';
import { recordRequests } from '@castore-dynamodb/testing/recordRequests';

import {
  DynamoDbSnapshotStorage,
  everyNEvents,
  S3SnapshotStorage,
  type SnapshotsOptions,
  whenLoadCosts,
  withSnapshots,
} from '../src/index.js';
import { newPokemons, type Pokemon, type Pokemons } from './pokemons.js';

const dynamoDbClient = new DynamoDBClient(localClientConfig('http://127.0.0.1:9'));
const requests = recordRequests(dynamoDbClient);
const tableName = 'events';
const eventStore = newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
const pokemons = withSnapshots(eventStore, { storage, reducerVersion: '1' });
const s3Client = { send: () => Promise.reject(new Error('a request')), config: { forcePathStyle: true } };

beforeEach(() => void requests.splice(0));
afterAll(() => dynamoDbClient.destroy());

interface PublicFunction {
  /** Takes the options, or throws. */
  call: (options: never) => unknown;
  options: object;
  /** By argument, as the error names it: a kind, or values. */
  wrong: Record<string, Kind | unknown[]>;
}

const NO_AMOUNTS = [null, '1', true, {}, 0, -1, Number.NaN, Number.POSITIVE_INFINITY];
const bucket = { bucketName: 'bucket', s3Client };

const FUNCTIONS: Record<string, PublicFunction> = {
  withSnapshots: {
    call: ({ eventStore: store, options }: { eventStore: Pokemons; options: SnapshotsOptions<Pokemon> }) =>
      withSnapshots(store, options),
    options: { eventStore, options: { storage, reducerVersion: '1' } },
    wrong: {
      eventStore: [undefined, null, 42, 'x', {}, [], eventStore.getEventStorageAdapter()],
      options: [undefined, ...BAD_VALUES.object],
      'options.reducerversion': ['1'],
      'options.storage': [undefined, null, 42, 'x', {}, [], dynamoDbClient, { getSnapshot: () => undefined }],
      'options.reducerVersion': [undefined, ...BAD_VALUES.key],
      'options.policy': 'function',
      'options.hasShape': 'function',
      'options.onSnapshotError': 'function',
      'options.transactional': 'boolean',
      'options.serialize': 'function',
      'options.deserialize': 'function',
      'options.cache': BAD_VALUES.object,
      'options.cache.maxbytes': [1],
      'options.cache.maxBytes': [undefined, ...BAD_VALUES['positive integer']],
    },
  },
  'withSnapshots in memory only': {
    call: ({ options }: { options: SnapshotsOptions<Pokemon> }) => withSnapshots(eventStore, options),
    options: { options: { cache: { maxBytes: 1 } } },
    wrong: {
      'options.storage': [null, 42, 'x', {}, []],
      'options.reducerVersion': BAD_VALUES.key,
      'options.policy': [null, everyNEvents(1)],
      'options.hasShape': [null, () => true],
      'options.transactional': [null, true, false],
      'options.cache.maxBytes': [undefined, ...BAD_VALUES['positive integer']],
    },
  },
  DynamoDbSnapshotStorage: {
    call: ({ options }: { options: never }) => new DynamoDbSnapshotStorage(options),
    options: { options: { tableName, dynamoDbClient } },
    wrong: {
      options: [undefined, ...BAD_VALUES.object],
      'options.table': ['events'],
      'options.retentions': [{ newest: 1 }],
      'options.tableName': [undefined, ...BAD_VALUES['table name']],
      'options.dynamoDbClient': 'client',
      'options.retention': [null, 42, 'x', true, { newest: 1, days: 1 }],
      'options.overflow': [null, 42, 'x', true],
    },
  },
  'retention in DynamoDB': {
    call: ({ options }: { options: { retention: never } }) =>
      new DynamoDbSnapshotStorage({ tableName, dynamoDbClient, ...options }),
    options: { options: { retention: {} } },
    wrong: {
      'options.retention.newest': 'positive integer',
      'options.retention.latest': [1],
      'options.retention.days': NO_AMOUNTS,
    },
  },
  S3SnapshotStorage: {
    call: ({ options }: { options: never }) => new S3SnapshotStorage(options),
    options: { options: bucket },
    wrong: {
      options: [undefined, ...BAD_VALUES.object],
      'options.bucket': ['b'],
      'options.bucketName': [undefined, ...BAD_VALUES.key],
      'options.s3Client': 'client',
      'options.prefix': [null, 42, true, {}, '\ud800'],
      'options.retention': [null, 42, 'x', true],
    },
  },
  'deleteSnapshots of a storage': {
    call: ({ selection }: { selection: object }) =>
      storage.deleteSnapshots({ eventStoreId: 'POKEMONS', aggregateId: 'pikachu' }, selection),
    options: { selection: {} },
    wrong: {
      selection: BAD_VALUES.object,
      'selection.minversion': [1],
      'selection.minVersion': [null, '1', -1, 1.5, Number.NaN],
      'selection.maxVersion': [null, '1', -1, 1.5, Number.NaN],
      'selection.exceptReducerVersion': BAD_VALUES.key,
    },
  },
  everyNEvents: {
    call: ({ n }: { n: number }) => everyNEvents(n),
    options: { n: 1 },
    wrong: { n: [undefined, ...BAD_VALUES['positive integer']] },
  },
  whenLoadCosts: {
    call: ({ options }: { options: { readUnits: number } }) => whenLoadCosts(options),
    options: { options: { readUnits: 1 } },
    wrong: {
      options: [undefined, ...BAD_VALUES.object],
      'options.readunits': [1],
      'options.readUnits': [undefined, ...NO_AMOUNTS],
    },
  },
  getAggregate: {
    call: ({ aggregateId, options }: { aggregateId: string; options: object }) =>
      pokemons.getAggregate(aggregateId, options),
    options: { aggregateId: 'pikachu', options: {} },
    wrong: {
      aggregateId: [undefined, ...BAD_VALUES.key],
      'options.maxVersion': 'positive integer',
      'options.minVersion': [1],
      'options.at': [null, 42, '', 'x', 'yesterday', {}, [], new Date()],
    },
  },
  build: {
    call: ({ options }: { options: object }) => pokemons.snapshots.build(options).next(),
    options: { options: {} },
    wrong: {
      options: BAD_VALUES.object,
      'options.limit': [1],
      'options.concurrency': 'positive integer',
      'options.scan': [null, 0, 1, '', 'true', {}, []],
    },
  },
  deleteOutdated: {
    call: ({ options }: { options: object }) => pokemons.snapshots.deleteOutdated(options).next(),
    options: { options: {} },
    wrong: {
      options: BAD_VALUES.object,
      'options.limit': [1],
      'options.concurrency': 'positive integer',
      'options.scan': [true],
    },
  },
  deleteOf: {
    call: ({ aggregateId }: { aggregateId: string }) => pokemons.snapshots.deleteOf(aggregateId),
    options: { aggregateId: 'pikachu' },
    wrong: { aggregateId: [undefined, ...BAD_VALUES.key] },
  },
};

/** `options.retention.days` of a value. */
const withArgument = (options: object, argument: string, value: unknown): object => {
  const [first = '', ...rest] = argument.split('.');
  const inner = (options as Record<string, object>)[first] ?? {};
  return { ...options, [first]: rest.length === 0 ? value : withArgument(inner, rest.join('.'), value) };
};

describe.each(Object.entries(FUNCTIONS))('bad input of %s', (_, { call, options, wrong }) => {
  it.each(Object.entries(wrong))('%s is refused with its name, before a request', async (argument, kindOrValues) => {
    const accepted: Record<string, string> = {};
    for (const value of typeof kindOrValues === 'string' ? BAD_VALUES[kindOrValues] : kindOrValues) {
      const error: unknown = await Promise.resolve()
        .then(() => call(withArgument(options, argument, value) as never))
        .catch((thrown: unknown) => thrown);
      const isRefused = error instanceof InvalidArgumentError && error.argument === argument;
      if (!isRefused) accepted[describeBadValue(value)] = String(error);
    }
    expect(accepted).toStrictEqual({});
    expect(requests.map(({ operation }) => operation)).toStrictEqual([]);
  });
});

it('says that a cache alone would do without a storage', () => {
  expect(() => withSnapshots(eventStore, {} as never)).toThrow(
    'Invalid options.storage: expected a snapshot storage, or options.cache, got undefined.',
  );
});
