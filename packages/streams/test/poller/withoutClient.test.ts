import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { localClientConfig } from '@castore-dynamodb/testing/localClientConfig';

import { InMemoryCheckpointStore, projection, StreamPoller } from '../../src/index.js';
import { connectEventStores } from '../support/eventStores.js';

jest.mock('@aws-sdk/client-dynamodb-streams', () => {
  throw new Error('Cannot find module');
});

it('a poller whose package for streams is not installed says so when it is started', async () => {
  const client = new DynamoDBClient(localClientConfig('http://127.0.0.1:9'));
  const { pokemons } = connectEventStores('single-table', client, { pokemons: 'p', trainers: 't' });
  const checkpoints = new InMemoryCheckpointStore();
  const poller = new StreamPoller({
    name: 'poller',
    projections: [projection({ name: 'log', eventStores: [pokemons], checkpoints, on: {} })],
    checkpoints,
    dynamoDbStreamsClient: { send: async () => ({}) },
  });
  await expect(poller.start()).rejects.toThrow(
    'StreamPoller needs the package @aws-sdk/client-dynamodb-streams, which cannot be loaded: install it.',
  );
  expect(poller.state).toBe('stopped');
  client.destroy();
});
