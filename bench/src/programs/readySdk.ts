import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

const ready = new DynamoDBClient({ region: 'us-east-1' });
console.log(JSON.stringify({ made: ready.constructor.name, wallMilliseconds: performance.now() }));
