import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { type Fault, type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';

import { type CheckpointStore, createProjectionTable, DynamoDbCheckpointStore, projection } from '../../src/index.js';
import { TIMEOUTS } from '../../src/timeouts.js';
import { useDeadlinesOfTheSilent } from '../support/deadlinesOfTheSilent.js';
import { newPokemons } from '../support/eventStores.js';
import { useProjectionTable } from '../support/projectionTable.js';

const KEY = { partition: 'poller', sort: 'lock' };

describeOnEveryEngine('DynamoDbCheckpointStore', engine => {
  const tableName = useProjectionTable(engine.client());
  useDeadlinesOfTheSilent();
  let proxy: FaultProxy;
  let client: DynamoDBClient;
  let store: CheckpointStore;

  beforeEach(async () => {
    proxy = await startFaultProxy(engine.endpoint);
    client = engine.client({ endpoint: proxy.endpoint });
    store = new DynamoDbCheckpointStore({ tableName, dynamoDbClient: client });
    const [left] = await store.read([KEY]);
    if (left !== undefined) await store.remove(KEY, left.revision);
  });
  afterEach(async () => {
    client.destroy();
    await proxy[Symbol.asyncDispose]();
  });

  /** The next request of an operation meets this fault, or several of them do. */
  const fail = (operation: string, fault: Fault, times = 1): void => {
    let left = times;
    proxy.choose = request => (request.operation === operation && left-- > 0 ? fault : undefined);
    proxy.requests.splice(0);
  };
  const operations = (): string[] => proxy.requests.map(({ operation }) => operation);

  const CALLS = {
    BatchGetItem: () => store.read([KEY]),
    PutItem: () => store.write(KEY, 'value', undefined),
    DeleteItem: () => store.remove(KEY, 'revision'),
    Query: () => store.list('poller', 'l'),
  };

  it.each(Object.entries(CALLS))('ends a %s that gets no answer, and sends the next one', async (operation, call) => {
    fail(operation, 'no answer before');
    await expect(call()).rejects.toMatchObject({
      code: 'DeadlineExceededError',
      message: expect.stringContaining(`${operation} on table ${JSON.stringify(tableName)}`),
    });
    await call();
    expect(operations()).toStrictEqual([operation, operation]);
  });

  it.each([
    ['BatchGetItem', 'Responses'],
    ['Query', 'Count'],
  ] as const)(
    'asks again after a %s whose answer has no %s, and never takes it for nothing',
    async (operation, member) => {
      const written = await store.write(KEY, 'value', undefined);
      fail(operation, 'empty answer', 2);
      await expect(CALLS[operation]()).resolves.toMatchObject([written]);
      fail(operation, 'empty answer', 3);
      await expect(CALLS[operation]()).rejects.toMatchObject({ code: 'IncompleteAnswerError', member });
    },
  );

  it('knows its own write again if the answer was lost and the SDK sent it once more', async () => {
    fail('PutItem', 'reset after');
    const first = await store.write(KEY, 'first', undefined);
    expect(operations()).toStrictEqual(['PutItem', 'PutItem']);
    expect(first).toMatchObject({ value: 'first' });
    fail('PutItem', 'reset after');
    const second = await store.write(KEY, 'second', first?.revision);
    expect(operations()).toStrictEqual(['PutItem', 'PutItem']);
    await expect(store.read([KEY])).resolves.toStrictEqual([second]);
    // Of somebody else's write it still says so.
    await expect(store.write(KEY, 'third', first?.revision)).resolves.toBeUndefined();
    await expect(store.write(KEY, 'second', undefined)).resolves.toBeUndefined();
  });

  it('names the table that is missing', async () => {
    const missing = uniqueTableName('missing');
    store = new DynamoDbCheckpointStore({ tableName: missing, dynamoDbClient: client });
    for (const call of Object.values(CALLS)) {
      await expect(call()).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: expect.stringContaining(missing),
      });
    }
  });

  describe('createProjectionTable', () => {
    it.each(['CreateTable', 'DescribeTable'])('ends a %s that gets no answer', async operation => {
      fail(operation, 'no answer before');
      await expect(createProjectionTable(client, { tableName })).rejects.toMatchObject({
        code: 'DeadlineExceededError',
        operation: `${operation} on table ${JSON.stringify(tableName)}`,
      });
      await createProjectionTable(client, { tableName });
    });

    it('waits until the table is there, and asks again if an answer does not say', async () => {
      fail('DescribeTable', 'empty answer', 2);
      await createProjectionTable(client, { tableName });
      expect(operations()).toStrictEqual(['CreateTable', 'DescribeTable', 'DescribeTable', 'DescribeTable']);
    });
  });
});

describe('A CheckpointStore of somebody else', () => {
  it('has calls that end in time, for handlers too', async () => {
    jest.replaceProperty(TIMEOUTS, 'request', 100);
    const never = async (): Promise<never> => new Promise(() => {});
    const hanging: CheckpointStore = { read: never, write: never, remove: never, list: never };
    const log = projection({ name: 'log', eventStores: [newPokemons()], checkpoints: hanging, on: {} });
    const error = { code: 'DeadlineExceededError', operation: expect.stringContaining('CheckpointStore') };
    await expect(log.listParked()).rejects.toMatchObject(error);
    await expect(log.retryParked({ eventStoreId: 'POKEMONS', aggregateId: 'pikachu' })).rejects.toMatchObject(error);
    jest.restoreAllMocks();
  });
});
