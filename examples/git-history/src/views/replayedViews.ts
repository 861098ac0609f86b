import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ReplayProgress, replayEvents } from '@castore-dynamodb/streams';

import type { FileEventStore } from '../fileEventStore.js';
import { createFileViews, type FileViews } from './fileViews.js';

export interface ReplayedViews {
  views: FileViews;
  progress: ReplayProgress;
}

/** The same views again, of what is stored by now. */
export const replayViews = async (
  fileEventStore: FileEventStore,
  table: { tableName: string; dynamoDbClient: DynamoDBClient },
  signal: AbortSignal,
): Promise<ReplayedViews> => {
  const views = createFileViews(fileEventStore, { kind: 'replayed', ...table });
  const projections = [views.authors, views.folders];
  const progress = await replayEvents({ projections, signal, onFailure: () => 'stop' });
  return { views, progress };
};
