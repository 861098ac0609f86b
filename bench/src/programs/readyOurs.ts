import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';

const ready = new DynamoDbSingleTableEventStorageAdapter({
  tableName: 'pokemons',
  dynamoDbClient: new DynamoDBClient({ region: 'us-east-1' }),
});
console.log(JSON.stringify({ made: ready.constructor.name, wallMilliseconds: performance.now() }));
