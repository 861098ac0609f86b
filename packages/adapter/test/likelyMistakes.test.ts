import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  createEventTable,
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  deleteEventTable,
  describeEventTable,
} from '@castore-dynamodb/adapter';

// As if nobody had installed it.
jest.mock('@aws-sdk/client-application-auto-scaling', () => {
  throw new Error('Cannot find module');
});

const client = (sent: object[] = []) =>
  ({ send: (command: object) => Promise.resolve(void sent.push(command)) }) as unknown as DynamoDBClient;

const adapterOptions = () => ({ tableName: 'events', dynamoDbClient: client() });
const newAdapter = () => new DynamoDbSingleTableEventStorageAdapter(adapterOptions());
const context = { eventStoreId: 'POKEMONS' };
const table = { tableName: 'events', layout: 'single-table' } as const;

describe('likely mistakes', () => {
  it("the option's name in Castore's own adapter is answered with the right one", () => {
    const castores = { tableName: 'events', dynamoDBClient: client() };
    expect(() => new DynamoDbSingleTableEventStorageAdapter(castores as never)).toThrow(
      'Invalid options.dynamoDBClient: there is no such option. Did you mean dynamoDbClient?',
    );
  });

  it.each<[string, () => unknown, string]>([
    [
      'an adapter',
      () => new DynamoDbEventStorageAdapter({ ...adapterOptions(), gapLess: true } as never),
      'options.gapLess',
    ],
    [
      'an adapter of one event store',
      () => new DynamoDbEventStorageAdapter({ ...adapterOptions(), initialEventShards: 4 } as never),
      'options.initialEventShards',
    ],
    ['getEvents', () => newAdapter().getEvents('a', context, { maxversion: 1 } as never), 'options.maxversion'],
    [
      'streamEvents',
      () =>
        newAdapter()
          .streamEvents('a', context, { from: 1 } as never)
          .next(),
      'options.from',
    ],
    ['pushEventGroup', () => newAdapter().pushEventGroup({ Force: true } as never, {} as never), 'options.Force'],
    ['createEventTable', () => createEventTable(client(), { ...table, streams: true } as never), 'options.streams'],
    [
      'its billing',
      () => createEventTable(client(), { ...table, billing: { mode: 'on-demand', readCapacityUnits: 1 } } as never),
      'options.billing.readCapacityUnits',
    ],
    ['deleteEventTable', () => deleteEventTable(client(), { ...table, tablename: 'x' } as never), 'options.tablename'],
    ['describeEventTable', () => describeEventTable(client(), { ...table, TTL: 1 } as never), 'options.TTL'],
  ])('an option of %s that there is not is refused by its name', async (_, act, argument) => {
    await expect((async () => act())()).rejects.toMatchObject({ code: 'InvalidArgumentError', argument });
  });

  it('the first event of a group, which another copy of Castore takes for options, is not lost without a word', async () => {
    const event = newAdapter().groupEvent({ aggregateId: 'a', version: 1, type: 'T' });
    await expect(newAdapter().pushEventGroup(event as never, event)).rejects.toThrow('another copy of @castore/core');
  });

  it('a Date for a timestamp is called one', async () => {
    const adapter = new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient: client() });
    const event = { aggregateId: 'pikachu1', version: 1, type: 'POKEMON_CAUGHT', timestamp: new Date() };
    await expect(adapter.pushEvent(event as never, { eventStoreId: 'POKEMONS' })).rejects.toThrow(
      'Invalid event.timestamp: expected an instant in the form of toISOString(), "2026-11-27T10:00:00.000Z", got a Date.',
    );
  });

  it('autoscaling without its package is refused before there is a table, with what to install', async () => {
    const sent: object[] = [];
    const range = { min: 1, max: 5 };
    const created = createEventTable(client(sent), {
      tableName: 'events',
      layout: 'single-table',
      billing: { mode: 'provisioned', readCapacityUnits: 1, writeCapacityUnits: 1 },
      autoscaling: { applicationAutoScalingClient: client(), read: range, write: range },
    });
    await expect(created).rejects.toThrow('install it');
    expect(sent).toStrictEqual([]);
  });
});
