import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { createFeedHandlers, type FeedHandlersOptions, type GatewayEvent } from '../src/index.js';
import { connectEventStores } from './support/eventStores.js';

const dynamoDbClient = new DynamoDBClient({ region: 'us-east-1' });
const { pokemons } = connectEventStores(dynamoDbClient, { pokemons: 'pokemons', trainers: 'trainers' });
const managementApi = { postToConnection: async () => {}, deleteConnection: async () => {} };
const options: FeedHandlersOptions = { eventStores: [pokemons], tableName: 'feed', dynamoDbClient, managementApi };

describe('createFeedHandlers refuses', () => {
  it.each<[argument: string, wrong: object]>([
    ['eventStores', { eventStores: [] }],
    ['eventStores', { eventStores: [pokemons, pokemons] }],
    ['tableName', { tableName: '' }],
    ['dynamoDbClient', { dynamoDbClient: {} }],
    ['managementApi', { managementApi: undefined }],
    ['managementApi', { managementApi: { ...managementApi, postToConnection: 'no' } }],
    ['managementApi', { managementApi: { postToConnection: managementApi.postToConnection } }],
    ['managementApi', { managementApi: new ApiGatewayManagementApiClient({ region: 'us-east-1' }) }],
    ['authorize', { authorize: {} }],
    ['origins', { origins: ['example.com'] }],
    ['name', { name: 'a#b' }],
    ['onError', { onError: 1 }],
    ['path', { path: '/events' }],
  ])('a wrong %s', (argument, wrong) => {
    const create = () => createFeedHandlers({ ...options, ...wrong });
    expect(create).toThrow(expect.objectContaining({ code: 'InvalidArgumentError', argument }));
  });

  it.each([undefined, null, {}, { requestContext: null }, { requestContext: { connectionId: '' } }, { Records: [] }])(
    'to handle %j, which is no event of a WebSocket API',
    async event => {
      const { handler, connect, disconnect, message } = createFeedHandlers(options);
      for (const handle of [handler, connect, disconnect, message]) {
        await expect(handle(event as GatewayEvent)).rejects.toMatchObject({ argument: 'event' });
      }
    },
  );
});
