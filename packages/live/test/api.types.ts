import { ApiGatewayManagementApi } from '@aws-sdk/client-apigatewaymanagementapi';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Projection } from '@castore-dynamodb/streams';
import type { APIGatewayProxyWebsocketEventV2, APIGatewayProxyWebsocketHandlerV2 } from 'aws-lambda';
import { expectTypeOf } from 'expect-type';

import { createFeedHandlers, type FeedHandlersOptions, type GatewayEvent } from '../src/index.js';
import type { Pokemons } from './support/eventStores.js';

declare const pokemons: Pokemons;
declare const dynamoDbClient: DynamoDBClient;

const options: FeedHandlersOptions = {
  eventStores: [pokemons],
  tableName: 'feed',
  dynamoDbClient,
  managementApi: new ApiGatewayManagementApi({ endpoint: 'https://example.com/live' }),
};
const feed = createFeedHandlers(options);
expectTypeOf(feed.projection).toEqualTypeOf<Projection>();

// They are handlers as Lambda's own types have them.
export const handler: APIGatewayProxyWebsocketHandlerV2 = feed.handler;
expectTypeOf<APIGatewayProxyWebsocketEventV2>().toExtend<GatewayEvent>();

createFeedHandlers({
  ...options,
  authorize: async ({ queryStringParameters }) => (queryStringParameters?.['token'] === 'x' ? {} : false),
});
// @ts-expect-error A right that is misspelt would be none.
createFeedHandlers({ ...options, authorize: () => ({ type: ['A'] }) });
// @ts-expect-error There is no such option.
createFeedHandlers({ ...options, path: '/events' });
