import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBSingleTableEventStorageAdapter } from '@castore/event-storage-adapter-dynamodb';

const ready = new DynamoDBSingleTableEventStorageAdapter({
  tableName: 'pokemons',
  dynamoDBClient: new DynamoDBClient({ region: 'us-east-1' }),
});
console.log(JSON.stringify({ made: ready.constructor.name, wallMilliseconds: performance.now() }));
