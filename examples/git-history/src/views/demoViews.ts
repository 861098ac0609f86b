import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ReplayProgress, replayEvents } from '@castore-dynamodb/streams';

import type { Database } from '../database.js';
import type { FileEventStore } from '../fileEventStore.js';
import type { Repository } from '../git/repository.js';
import { formatNumber, renderTable } from '../render.js';
import { createViewTable } from '../tables.js';
import { ALL_AUTHORS, authorKey, createFileViews, type FileViews, TOP_FOLDER } from './fileViews.js';
import { startLiveViews } from './liveViews.js';
import { type ExpectedViews, expectViews, verifyViews } from './verifyViews.js';

export interface DemoViews {
  /** Waits until the live views have so many events. */
  caughtUp: (events: number, signal: AbortSignal) => Promise<void>;
  /** Builds them again by replay and holds both against git; whether all of it was as git has it. */
  verify: (repository: Repository, signal: AbortSignal) => Promise<boolean>;
  close: (keep: boolean) => Promise<void>;
}

/** Begins to build the views while events are written. */
export const openDemoViews = async (
  fileEventStore: FileEventStore,
  eventTableName: string,
  { dynamoDbClient, createStreamsClient }: Database,
  output: NodeJS.WritableStream,
): Promise<DemoViews> => {
  const tableName = `${eventTableName}-views`;
  const { remove } = await createViewTable(dynamoDbClient, tableName);
  const dynamoDbStreamsClient = createStreamsClient();
  const close = async (keep: boolean, stop?: () => Promise<void>): Promise<void> => {
    await stop?.();
    dynamoDbStreamsClient.destroy();
    if (keep) output.write(`the table ${tableName} of the views is left\n`);
    else await remove();
  };
  const live = await startLiveViews({ fileEventStore, tableName, dynamoDbClient, dynamoDbStreamsClient }).catch(
    async (error: unknown) => {
      await close(false);
      throw error;
    },
  );

  return {
    caughtUp: async (events, signal) => {
      const start = performance.now();
      await live.caughtUp(events, signal);
      const milliseconds = Math.round(performance.now() - start);
      output.write(`live views: complete ${formatNumber(milliseconds)} ms after the last event was written\n`);
    },
    verify: async (repository, signal) => {
      const replayed = await replayViews(fileEventStore, { tableName, dynamoDbClient }, signal);
      const { events, readUnits } = replayed.progress;
      output.write(`replay: ${formatNumber(events)} events for ${formatNumber(readUnits)} read units\n`);

      const expected = await expectViews(repository, signal);
      output.write(renderViews(expected));
      const count = expected.authors.size + expected.folders.size;
      let isVerified = true;
      for (const [kind, views] of [
        ['live', live.views],
        ['replayed', replayed.views],
      ] as const) {
        const { verified, mismatches } = await verifyViews(views, expected, signal);
        for (const mismatch of mismatches) output.write(`MISMATCH: ${kind}: ${mismatch}\n`);
        output.write(`verified against git: ${verified} of ${count} ${kind} views\n`);
        isVerified &&= mismatches.length === 0;
      }
      return isVerified;
    },
    close: keep => close(keep, live.stop),
  };
};

interface ReplayedViews {
  views: FileViews;
  progress: ReplayProgress;
}

/** The same views again, of what is stored by now. */
const replayViews = async (
  fileEventStore: FileEventStore,
  table: { tableName: string; dynamoDbClient: DynamoDBClient },
  signal: AbortSignal,
): Promise<ReplayedViews> => {
  const views = createFileViews(fileEventStore, { kind: 'replayed', ...table });
  const projections = [views.authors, views.folders];
  const progress = await replayEvents({ projections, signal, onFailure: () => 'stop' });
  return { views, progress };
};

/** How many of each are shown. */
const SHOWN = 5;

/** The authors of the most lines and the folders of the most files, as tables of text; what is shown was verified before. */
const renderViews = ({ authors, folders }: ExpectedViews): string => {
  const ofAuthors = largest(authors, ({ linesAdded }) => linesAdded, ALL_AUTHORS);
  const ofFolders = largest(folders, ({ files }) => files, TOP_FOLDER);
  const lines = renderTable(
    ['author', 'changes', 'lines added', 'removed'],
    ofAuthors.map(([key, { changes, linesAdded, linesRemoved }]) => [
      key.slice(authorKey('').length),
      changes,
      linesAdded,
      linesRemoved,
    ]),
  );
  const files = renderTable(
    ['folder', 'changes', 'files', 'lines'],
    ofFolders.map(([folder, { changes, files: count, lines: lineCount }]) => [folder, changes, count, lineCount]),
  );
  return `${lines}\n${files}\n`;
};

const largest = <VIEW>(
  views: ReadonlyMap<string, VIEW>,
  size: (view: VIEW) => number,
  total: string,
): [string, VIEW][] =>
  [...views]
    .filter(([key]) => key !== total)
    .toSorted(([, left], [, right]) => size(right) - size(left))
    .slice(0, SHOWN);
