import type { Database } from '../database.js';
import type { FileEventStore } from '../fileEventStore.js';
import { formatNumber } from '../formatNumber.js';
import type { Repository } from '../git/repository.js';
import { expectViews } from './expectedViews.js';
import { startLiveViews } from './liveViews.js';
import { renderViews } from './renderViews.js';
import { replayViews } from './replayedViews.js';
import { verifyViews } from './verifyViews.js';
import { createViewTable } from './viewTable.js';

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
