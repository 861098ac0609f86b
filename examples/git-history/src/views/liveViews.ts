import { setTimeout as sleep } from 'node:timers/promises';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { DynamoDbCheckpointStore, StreamPoller } from '@castore-dynamodb/streams';

import type { FileEventStore } from '../fileEventStore.js';
import { ALL_AUTHORS, createFileViews, type FileViews, TOP_FOLDER } from './fileViews.js';

/** How often the stream is asked for more, and the views whether they are complete, in milliseconds. */
const INTERVAL = 100;

export interface LiveViewsOptions {
  fileEventStore: FileEventStore;
  /** The table for the views. */
  tableName: string;
  dynamoDbClient: DynamoDBClient;
  dynamoDbStreamsClient: DynamoDBStreamsClient;
}

export interface LiveViews {
  views: FileViews;
  /** Resolves once they have so many events; throws if they never will. */
  caughtUp: (events: number, signal: AbortSignal) => Promise<void>;
  stop: () => Promise<void>;
}

/** Views that follow the table's stream, in this very process, until they are stopped. */
export const startLiveViews = async ({
  fileEventStore,
  tableName,
  dynamoDbClient,
  dynamoDbStreamsClient,
}: LiveViewsOptions): Promise<LiveViews> => {
  const views = createFileViews(fileEventStore, { kind: 'live', tableName, dynamoDbClient });
  let failure: { error: unknown } | undefined;
  const poller = new StreamPoller({
    name: 'git-history',
    projections: [views.authors, views.folders],
    checkpoints: new DynamoDbCheckpointStore({ tableName, dynamoDbClient }),
    dynamoDbStreamsClient,
    pollIntervalMs: INTERVAL,
    onFailure: ({ error }) => {
      failure = { error };
      return 'stop';
    },
  });
  await poller.start();

  const eventCount = async (): Promise<number> => {
    const [authors, folders] = await Promise.all([
      views.authors.getView(ALL_AUTHORS),
      views.folders.getView(TOP_FOLDER),
    ]);
    return Math.min(authors?.changes ?? 0, folders?.changes ?? 0);
  };
  return {
    views,
    caughtUp: async (events, signal) => {
      while ((await eventCount()) < events) {
        if (failure !== undefined) throw failure.error;
        await sleep(INTERVAL, undefined, { signal });
      }
    },
    stop: () => poller.stop(),
  };
};
