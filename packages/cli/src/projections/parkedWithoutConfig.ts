import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbCheckpointStore, type Projection, projection } from '@castore-dynamodb/streams';

import { bareEventStore } from '../connection/bareEventStore.js';

/** What can be listed of a projection whose table is known and whose handlers are not: it must not handle anything. */
export const parkedWithoutConfig = (
  dynamoDbClient: DynamoDBClient,
  tableName: string,
  name: string,
): Pick<Projection, 'name' | 'listParked'> =>
  projection({
    name,
    // Every projection has one; a listing does not look at it.
    eventStores: [bareEventStore({ tableName, dynamoDbClient, layout: 'table-per-store' }, 'unknown')],
    checkpoints: new DynamoDbCheckpointStore({ tableName, dynamoDbClient }),
    on: {},
  });
