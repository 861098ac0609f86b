import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { EventDetail } from '@castore/core';
import { EventFeed } from '@castore-dynamodb/live';
import { subscribe } from '@castore-dynamodb/live/client';

import type { Pokemons } from './readers.js';

export interface LiveFeed {
  /** The first so many events that were shown; fewer if they do not come. */
  shown(count: number): Promise<EventDetail[]>;
  stop(): Promise<void>;
}

/** A feed of an event store, and a subscription to it that has begun. */
export const startLiveFeed = async (
  pokemons: Pokemons,
  dynamoDbClient: DynamoDBClient,
  dynamoDbStreamsClient: DynamoDBStreamsClient,
): Promise<LiveFeed> => {
  const errors: unknown[] = [];
  const feed = new EventFeed({
    eventStores: [pokemons],
    dynamoDbClient,
    dynamoDbStreamsClient,
    authorize: () => ({}),
    pollIntervalMs: 20,
    onError: error => errors.push(error),
  });
  const server = createServer();
  feed.attach(server, { path: '/events' });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await feed.start();
  const { port } = server.address() as AddressInfo;
  const events: EventDetail[] = [];
  let beginsToShow = (): void => {};
  const isLive = new Promise<void>(resolve => {
    beginsToShow = resolve;
  });
  const subscription = subscribe<Pokemons>({
    url: `http://127.0.0.1:${port}/events`,
    onState: state => state === 'live' && beginsToShow(),
  });
  const following = (async () => {
    for await (const { event } of subscription) events.push(event);
  })();
  await isLive;

  return {
    async shown(count) {
      for (let round = 0; round < 500 && events.length < count; round++) await sleep(20);
      expect(errors).toStrictEqual([]);
      return events.slice(0, count);
    },
    async stop() {
      subscription.close();
      await following;
      await feed.stop();
      server.closeAllConnections();
      server.close();
    },
  };
};
