// A process as users have it: a poller, and nothing that catches errors. Ends by itself once the poller has stopped.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';

import { DynamoDbCheckpointStore, dynamoDbProjection, StreamPoller } from '../../src/index.js';
import { newPokemons } from '../support/eventStores.js';
import { clientConfig, newStreamsClient } from '../support/streams.js';

const [endpoint, eventTable, viewTable] = process.argv.slice(2) as [string, string, string];
const dynamoDbClient = new DynamoDBClient(clientConfig({ endpoint }));
const eventStorageAdapter = new DynamoDbSingleTableEventStorageAdapter({ tableName: eventTable, dynamoDbClient });

const view = dynamoDbProjection({
  name: 'names',
  eventStores: [newPokemons(eventStorageAdapter)],
  tableName: viewTable,
  dynamoDbClient,
  initialView: { versions: [] as number[] },
  key: ({ aggregateId }) => aggregateId,
  project: {
    POKEMON_NAMED: ({ versions }, { version, payload }) => {
      if (payload === 'poison') throw new RangeError('poison');
      return { versions: [...versions, version] };
    },
  },
});

const poller = new StreamPoller({
  name: 'poller',
  projections: [view],
  checkpoints: new DynamoDbCheckpointStore({ tableName: viewTable, dynamoDbClient }),
  dynamoDbStreamsClient: newStreamsClient({ endpoint }),
  pollIntervalMs: 20,
  lockTimeoutMs: 500,
  maxAttempts: 2,
});
process.once('SIGTERM', () => void poller.stop().then(() => console.log('stopped')));
void poller.start().then(() => console.log('started'));
