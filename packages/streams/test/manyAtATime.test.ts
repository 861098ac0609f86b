import { setTimeout as sleep } from 'node:timers/promises';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Aggregate, type EventDetail, EventStore, EventType } from '@castore/core';
import { watchSignals } from '@castore-dynamodb/testing/crowdedSignals';
import { newAdapter } from '@castore-dynamodb/testing/eventTables';

import { createStreamHandler, InMemoryCheckpointStore, projection, readAllEvents } from '../src/index.js';

/** One more than Node takes at a signal without a warning. */
const MANY = 11;

/** A table without events, whose answers take a while. */
const newSlowStore = (tableName: string) => {
  const send = async () => sleep(20, { Items: [], Count: 0 });
  const dynamoDbClient = { send } as unknown as DynamoDBClient;
  return new EventStore({
    eventStoreId: tableName.toUpperCase(),
    eventTypes: [new EventType<'POKEMON_NAMED'>({ type: 'POKEMON_NAMED' })],
    reducer: (_: Aggregate, { aggregateId, version }: EventDetail): Aggregate => ({ aggregateId, version }),
    eventStorageAdapter: newAdapter('single-table', { tableName, dynamoDbClient }),
  });
};

describe('No more listeners are added to a signal than it is made for', () => {
  it('by a stream handler of many projections', async () => {
    const pokemons = newSlowStore('pokemons');
    const handled: string[] = [];
    const projections = Array.from({ length: MANY }, (_, index) =>
      projection({
        name: `projection-${index}`,
        eventStores: [pokemons],
        checkpoints: new InMemoryCheckpointStore(),
        on: { POKEMON_NAMED: ({ aggregateId }) => sleep(20, void handled.push(aggregateId)) },
      }),
    );
    const NewImage = {
      aggregateId: { S: 'POKEMONS#pikachu' },
      version: { N: '1' },
      type: { S: 'POKEMON_NAMED' },
      timestamp: { S: '2026-01-01T00:00:00.000Z' },
    };
    const eventSourceARN = 'arn:aws:dynamodb:us-east-1:123456789012:table/pokemons/stream/2026-01-01T00:00:00.000';
    const record = { eventSourceARN, eventName: 'INSERT', dynamodb: { SequenceNumber: '1', NewImage } } as const;
    using crowded = watchSignals();
    await createStreamHandler({ projections })({ Records: [record] });
    expect(handled).toHaveLength(MANY);
    expect(crowded.most).toBe(0);
  });

  it('by the scans of many tables', async () => {
    const eventStores = Array.from({ length: MANY }, (_, index) => newSlowStore(`table-${index}`));
    using crowded = watchSignals();
    for await (const { event } of readAllEvents({ eventStores, sortOnDisk: true })) expect(event).toBeUndefined();
    expect(crowded.most).toBe(0);
  });
});
