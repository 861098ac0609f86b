import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createFeedHandlers } from '@castore-dynamodb/live';
import { createStreamHandler } from '@castore-dynamodb/streams';

import { newName, type Scene, type Way } from './scene.js';

/** A live feed behind API Gateway: both of its functions. */
export const liveWays = ({ storeOf, unwatched, dynamoDbClient, stored, recordsOf, tables }: Scene) => {
  const feedOf = (client: DynamoDBClient, name: string, gone?: string) => {
    const posts: { type: string; position: string }[] = [];
    const feed = createFeedHandlers({
      eventStores: [storeOf(client)],
      tableName: tables.projectionTable,
      dynamoDbClient: client,
      name,
      authorize: () => ({}),
      managementApi: {
        postToConnection: async ({ ConnectionId, Data }) => {
          if (ConnectionId === gone) throw Object.assign(new Error(), { name: 'GoneException' });
          posts.push(JSON.parse(Data.toString()));
        },
        deleteConnection: async () => {},
      },
    });
    const call = (connectionId: string, eventType: string, message?: object) =>
      feed.handler({ requestContext: { connectionId, eventType }, body: JSON.stringify(message) });
    const subscribe = async (connectionId: string, after?: string): Promise<void> => {
      await call(connectionId, 'CONNECT');
      await call(connectionId, 'MESSAGE', { type: 'subscribe', after });
    };
    const streamHandler = createStreamHandler({ projections: [feed.projection] });
    return { posts, call, subscribe, streamHandler };
  };

  return {
    liveFeedConnections: async () => {
      const name = newName('feed');
      const { subscribe, posts, streamHandler } = feedOf(unwatched, name);
      await subscribe('earlier');
      await streamHandler({ Records: await recordsOf(await stored(), 1, 2) });
      return async () => {
        const watched = feedOf(dynamoDbClient, name);
        await watched.subscribe('later', posts[0]?.position);
        await watched.call('later', 'MESSAGE', { type: 'ping' });
        await watched.call('later', 'DISCONNECT');
      };
    },
    liveFeedDeliveries: async () => {
      const name = newName('feed');
      await feedOf(unwatched, name).subscribe('gone');
      await feedOf(unwatched, name).subscribe('there');
      const records = await recordsOf(await stored(), 1, 2);
      return () => feedOf(dynamoDbClient, name, 'gone').streamHandler({ Records: records });
    },
  } satisfies Record<string, Way>;
};
