import { createProjectionTable, createStreamHandler, type StreamHandler } from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { WebSocket } from 'ws';

import { createFeedHandlers, type FeedHandlers, type FeedHandlersOptions } from '../../src/index.js';
import { type StandIn, startStandIn } from './apiGateway.js';
import { describeFeed, type FeedContext } from './describeFeed.js';
import { type Mapping, type MappingOptions, startMapping } from './eventSourceMapping.js';

/** A feed behind API Gateway; ends with the test. */
export interface RunningGateway {
  readonly standIn: StandIn;
  readonly feed: FeedHandlers;
  readonly streamHandler: StreamHandler;
  readonly errors: unknown[];
  /** Other functions with the same feed, as other processes of Lambda's are. */
  another(options?: Partial<FeedHandlersOptions>): { feed: FeedHandlers; streamHandler: StreamHandler };
  /** Hands the records that come from now on to the stream handler, or another function. */
  follow(handler?: MappingOptions['handler']): Promise<Mapping>;
}

export interface GatewayContext extends FeedContext {
  readonly feedTableName: string;
  startGateway(options?: Partial<FeedHandlersOptions>): Promise<RunningGateway>;
}

/** Runs the tests on every engine, with API Gateway's stand-in and WebSockets for clients. */
export const describeGateway = (name: string, tests: (context: GatewayContext) => void): void => {
  describeFeed(name, context => {
    const { dynamoDbClient, streamsClient, pokemons, trainers } = context;
    const feedTableName = uniqueTableName('feed');
    const resources: AsyncDisposable[] = [];
    const scope = globalThis as { WebSocket?: unknown };
    const own = scope.WebSocket;
    let feeds = 0;
    beforeAll(async () => {
      scope.WebSocket = WebSocket;
      await createProjectionTable(dynamoDbClient, { tableName: feedTableName, timeToLive: true });
    });
    afterAll(() => (scope.WebSocket = own));
    afterEach(async () => {
      for (const resource of resources.splice(0).toReversed()) await resource[Symbol.asyncDispose]();
    });

    tests({
      ...context,
      feedTableName,
      async startGateway(options) {
        const standIn = await startStandIn();
        resources.push(standIn);
        const errors: unknown[] = [];
        const feedName = `live-${++feeds}`;
        const another: RunningGateway['another'] = more => {
          const feed = createFeedHandlers({
            eventStores: [pokemons, trainers],
            tableName: feedTableName,
            dynamoDbClient,
            managementApi: standIn.managementApi,
            authorize: () => ({}),
            name: feedName,
            onError: error => errors.push(error),
            ...options,
            ...more,
          });
          const streamHandler = createStreamHandler({
            projections: [feed.projection],
            onFailure: ({ error }) => void errors.push(error),
          });
          return { feed, streamHandler };
        };
        const { feed, streamHandler } = another();
        standIn.handlers = feed;
        const follow: RunningGateway['follow'] = async (handler = records => streamHandler({ Records: records })) => {
          const mapping = await startMapping({
            dynamoDbClient,
            streamsClient,
            eventStores: [pokemons, trainers],
            handler,
          });
          resources.push(mapping);
          return mapping;
        };
        return { standIn, feed, streamHandler, errors, another, follow };
      },
    });
  });
};
