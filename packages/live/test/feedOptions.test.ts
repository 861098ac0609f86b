import { createServer } from 'node:http';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';

import { EventFeed, type EventFeedOptions } from '../src/index.js';
import { connectEventStores } from './support/eventStores.js';

const dynamoDbClient = new DynamoDBClient({ region: 'us-east-1' });
const dynamoDbStreamsClient = new DynamoDBStreamsClient({ region: 'us-east-1' });
const { pokemons } = connectEventStores(dynamoDbClient, { pokemons: 'pokemons', trainers: 'trainers' });
const options: EventFeedOptions = { eventStores: [pokemons], dynamoDbClient, dynamoDbStreamsClient };

const refusal = (argument: string) => expect.objectContaining({ code: 'InvalidArgumentError', argument });

describe('EventFeed refuses', () => {
  it.each<[argument: string, wrong: object]>([
    ['eventStores', { eventStores: [] }],
    ['dynamoDbClient', { dynamoDbClient: {} }],
    ['dynamoDbClient', { dynamoDbClient: dynamoDbStreamsClient }],
    ['dynamoDbStreamsClient', { dynamoDbStreamsClient: undefined }],
    ['dynamoDbStreamsClient', { dynamoDbStreamsClient: dynamoDbClient }],
    ['authorize', { authorize: {} }],
    ['origins', { origins: ['https://example.com/'] }],
    ['pollIntervalMs', { pollIntervalMs: 0 }],
    ['pollIntervalMs', { pollIntervalMs: 1e12 }],
    ['onError', { onError: 'log' }],
    ['authorise', { authorise: () => ({}) }],
  ])('a wrong %s', (argument, wrong) => {
    expect(() => new EventFeed({ ...options, ...wrong })).toThrow(refusal(argument));
  });

  it.each<[argument: string, wrong: unknown]>([
    ['options', undefined],
    ['options', '/events'],
    ['options.path', {}],
    ['options.path', { path: 'events' }],
    ['options.path', { path: '/events?all' }],
    ['options.pth', { path: '/events', pth: '/events' }],
  ])('to be attached with wrong %s', (argument, wrong) => {
    const attach = () => new EventFeed(options).attach(createServer(), wrong as { path: string });
    expect(attach).toThrow(refusal(argument));
  });

  it('to be attached to what is no server', () => {
    for (const wrong of [undefined, 8080, {}]) {
      const attach = () => new EventFeed(options).attach(wrong as never, { path: '/events' });
      expect(attach).toThrow(expect.objectContaining({ code: 'InvalidArgumentError' }));
    }
  });

  it('the client of another service by the names of both', () => {
    const swapped = () => new EventFeed({ ...options, dynamoDbStreamsClient: dynamoDbClient as never });
    expect(swapped).toThrow(
      'Invalid dynamoDbStreamsClient: expected a DynamoDBStreamsClient of the AWS SDK, got a client of "DynamoDB".',
    );
  });
});
