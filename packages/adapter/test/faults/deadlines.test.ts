import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { DynamoDBClient, type DynamoDBClientConfig, PutItemCommand } from '@aws-sdk/client-dynamodb';

import { checkEventTable, createEventTable, deleteEventTable, describeEventTable } from '../../src/index.js';
import { waitForTable, withinWait } from '../../src/table/controlPlane.js';
import { caught, context, createAdapter, rejection } from '../support.js';

const reference = { tableName: 'pokemons', layout: 'table-per-store' } as const;

/** A server that takes requests and answers none. */
describe('a request that never gets an answer', () => {
  let server: Server;
  let requests: number;
  const clients: DynamoDBClient[] = [];
  const client = (config: DynamoDBClientConfig = {}): DynamoDBClient => {
    const endpoint = `http://localhost:${(server.address() as AddressInfo).port}`;
    const made = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      ...config,
    });
    clients.push(made);
    return made;
  };

  beforeAll(async () => {
    server = createServer(() => void (requests += 1)).listen(0);
    await once(server, 'listening');
  });
  beforeEach(() => {
    requests = 0;
  });
  afterAll(async () => {
    for (const each of clients) each.destroy();
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  it('ends for what is done with tables, by name, within 10 s', async () => {
    const adapter = createAdapter('table-per-store', 'pokemons', client());
    const errors = await Promise.all(
      [
        createEventTable(client(), reference),
        deleteEventTable(client(), reference),
        describeEventTable(client(), reference),
        checkEventTable(adapter),
      ].map(rejection),
    );
    const operations = ['CreateTable', 'DeleteTable', 'DescribeTable', 'DescribeTable'];
    expect(errors).toMatchObject(
      operations.map(operation => ({
        code: 'DeadlineExceededError',
        operation: `${operation} on table "pokemons"`,
        milliseconds: 10_000,
      })),
    );
    expect(requests).toBe(4);
  });

  it('ends for reads and pushes as their client is set up', async () => {
    const requestHandler = { requestTimeout: 200, throwOnRequestTimeout: true };
    const adapter = createAdapter('table-per-store', 'pokemons', client({ requestHandler, maxAttempts: 2 }));
    for (const act of [
      () => adapter.getEvents('pikachu', context),
      () => adapter.pushEvent(caught('pikachu', 1), context),
      () => adapter.listAggregateIds(context),
    ]) {
      expect(await rejection(act())).toMatchObject({ name: 'TimeoutError', $metadata: { attempts: 2 } });
    }
  });

  it('is one that the SDK itself waits for, with nothing but a requestTimeout', async () => {
    const logger = { debug: () => {}, info: () => {}, warn: jest.fn(), error: () => {} };
    const waiting = client({ requestHandler: { requestTimeout: 100, logger }, maxAttempts: 1 });
    const abortion = new AbortController();
    const sent = waiting.send(new PutItemCommand({ TableName: 'pokemons', Item: {} }), {
      abortSignal: abortion.signal,
    });
    setTimeout(() => abortion.abort(), 600);
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    expect(logger.warn).toHaveBeenCalled();
  });
});

describe('a table that never becomes as wanted', () => {
  it('is waited for until the deadline, and not a request longer', async () => {
    let described = 0;
    const client = {
      send: async () => ({ Table: { TableStatus: 'CREATING', Count: (described += 1) } }),
    } as unknown as DynamoDBClient;
    const stop = new AbortController();
    const waiting = waitForTable(client, 'pokemons', stop.signal, table => table?.TableStatus === 'ACTIVE');
    setTimeout(() => stop.abort(new Error('enough')), 350);
    await expect(waiting).rejects.toThrow('enough');
    const until = described;
    await new Promise(resolve => setTimeout(resolve, 500));
    expect([until > 1, described]).toStrictEqual([true, until]);
  });

  it('has ten minutes', async () => {
    jest.useFakeTimers();
    try {
      const waiting = rejection(withinWait('createEventTable of "pokemons"', () => new Promise(() => {})));
      await jest.advanceTimersByTimeAsync(10 * 60_000);
      await expect(waiting).resolves.toMatchObject({ code: 'DeadlineExceededError', milliseconds: 600_000 });
    } finally {
      jest.useRealTimers();
    }
  });
});
