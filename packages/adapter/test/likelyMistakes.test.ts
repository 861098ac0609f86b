import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';

// As where nobody installed it.
jest.mock('@aws-sdk/client-application-auto-scaling', () => {
  throw new Error('Cannot find module');
});

const client = (sent: object[] = []) =>
  ({ send: (command: object) => Promise.resolve(void sent.push(command)) }) as unknown as DynamoDBClient;

describe('likely mistakes', () => {
  it("the option's name in Castore's own adapter is answered with the right one", () => {
    const options = { tableName: 'events', dynamoDBClient: client() };
    expect(() => new DynamoDbSingleTableEventStorageAdapter(options as never)).toThrow(
      'Invalid options.dynamoDBClient: here it is dynamoDbClient, with a small b.',
    );
  });

  it('a Date for a timestamp is called one', async () => {
    const adapter = new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient: client() });
    const event = { aggregateId: 'pikachu1', version: 1, type: 'POKEMON_CAUGHT', timestamp: new Date() };
    await expect(adapter.pushEvent(event as never, { eventStoreId: 'POKEMONS' })).rejects.toThrow(
      'Invalid event.timestamp: expected a string, got a Date.',
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
