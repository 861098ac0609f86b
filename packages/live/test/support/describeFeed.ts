import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { createEventTable, deleteEventTable } from '@castore-dynamodb/adapter';
import {
  describeOnEveryEngine,
  describeOnSomeEngine,
  type TestEngine,
  uniqueTableName,
} from '@castore-dynamodb/testing/engines';

import { type LiveEvent, type SubscribeOptions, type Subscription, subscribe } from '../../src/client/index.js';
import { EventFeed, type EventFeedOptions } from '../../src/index.js';
import { connectEventStores, type Pokemons, type Trainers } from './eventStores.js';

export interface RunningFeed {
  readonly feed: EventFeed;
  readonly httpServer: Server;
  readonly port: number;
  readonly url: string;
  readonly errors: unknown[];
}

export interface FeedContext {
  readonly engine: TestEngine;
  readonly dynamoDbClient: DynamoDBClient;
  readonly streamsClient: DynamoDBStreamsClient;
  readonly tableNames: { readonly pokemons: string; readonly trainers: string };
  readonly pokemons: Pokemons;
  readonly trainers: Trainers;
  /** A feed of its own, open to everybody unless said otherwise; ends with the test. */
  startFeed(options?: Partial<EventFeedOptions>, port?: number): Promise<RunningFeed>;
  /** A subscription that ends with the test. */
  follow(options: SubscribeOptions): Follower;
}

/** What a subscription has got so far. */
export interface Follower {
  readonly subscription: Subscription<Pokemons | Trainers>;
  readonly events: LiveEvent<Pokemons | Trainers>[];
  readonly states: string[];
  /** The error that it ended with, if any. */
  readonly ended: Promise<unknown>;
}

/** Runs the tests on every engine, with two event stores in a table each. */
export const describeFeed = (
  name: string,
  tests: (context: FeedContext) => void,
  describeOn: typeof describeOnEveryEngine = describeOnEveryEngine,
): void => {
  describeOn(name, engine => {
    const tableNames = { pokemons: uniqueTableName('pokemons'), trainers: uniqueTableName('trainers') };
    const dynamoDbClient = engine.client();
    const streamsClient = new DynamoDBStreamsClient(engine.clientConfig);
    const eventStores = connectEventStores(dynamoDbClient, tableNames);
    const feeds: RunningFeed[] = [];
    const subscriptions: Subscription[] = [];

    beforeAll(async () => {
      await createEventTable(dynamoDbClient, { tableName: tableNames.pokemons, layout: 'single-table', stream: true });
      await createEventTable(dynamoDbClient, {
        tableName: tableNames.trainers,
        layout: 'table-per-store',
        stream: true,
      });
    });
    afterEach(async () => {
      for (const subscription of subscriptions.splice(0)) subscription.close();
      await Promise.all(feeds.splice(0).map(stopFeed));
    });
    afterAll(async () => {
      streamsClient.destroy();
      for (const tableName of Object.values(tableNames)) await deleteEventTable(dynamoDbClient, { tableName });
    });

    tests({
      engine,
      dynamoDbClient,
      streamsClient,
      tableNames,
      ...eventStores,
      async startFeed(options, wantedPort = 0) {
        const errors: unknown[] = [];
        const feed = new EventFeed({
          eventStores: Object.values(eventStores),
          dynamoDbClient,
          dynamoDbStreamsClient: streamsClient,
          authorize: () => ({}),
          pollIntervalMs: 50,
          onError: error => errors.push(error),
          ...options,
        });
        const httpServer = createServer((_, response) => response.end('of the application'));
        feed.attach(httpServer, { path: '/events' });
        httpServer.listen(wantedPort, '127.0.0.1');
        await once(httpServer, 'listening');
        const { port } = httpServer.address() as AddressInfo;
        const running = { feed, httpServer, port, url: `http://127.0.0.1:${port}/events`, errors };
        feeds.push(running);
        await feed.start();
        return running;
      },
      follow(options) {
        const states: string[] = [];
        const subscription = subscribe<Pokemons | Trainers>({ ...options, onState: state => states.push(state) });
        subscriptions.push(subscription);
        const events: LiveEvent<Pokemons | Trainers>[] = [];
        const ended = (async () => {
          try {
            for await (const event of subscription) events.push(event);
            return undefined;
          } catch (error) {
            return error;
          }
        })();
        return { subscription, events, states, ended };
      },
    });
  });
};

const stopFeed = async ({ feed, httpServer }: RunningFeed): Promise<void> => {
  await feed.stop();
  httpServer.closeAllConnections();
  httpServer.close();
};

/** For what clients and servers do, whatever engine the events come from. */
export const describeFeedOnSomeEngine = (name: string, tests: (context: FeedContext) => void): void =>
  describeFeed(name, tests, describeOnSomeEngine);
