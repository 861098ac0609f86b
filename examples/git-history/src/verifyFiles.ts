import { Readable } from 'node:stream';

import type { FileAggregate, FileEventStore } from './fileEventStore.js';

/** How many aggregates are read at once. */
const CONCURRENT_READS = 16;

export interface Mismatch {
  aggregateId: string;
  /** What is wrong, as the rest of a sentence that the file's name begins. */
  problem: string;
}

export interface VerificationReport {
  aggregates: number;
  /** How many events the files have in all. */
  events: number;
  /** How many of them were read, the others being in snapshots. */
  eventsRead: number;
  /** How many files git has. */
  files: number;
  /** How many of them the event store has exactly so. */
  verified: number;
  /** How many of the aggregates are files that were deleted, for git as well. */
  deleted: number;
  mismatches: Mismatch[];
}

export interface VerificationOptions {
  onProgress?: (report: Readonly<VerificationReport>) => void;
  signal?: AbortSignal;
}

/**
 * Reads every aggregate of the event store and holds it against git's files: the same ones exist, and each that git
 * counts the lines of has that many.
 *
 * @param filesOfGit by aggregate id; used up.
 */
export const verifyFiles = async (
  fileEventStore: FileEventStore,
  filesOfGit: Map<string, { lines?: number }>,
  { onProgress, signal }: VerificationOptions = {},
): Promise<VerificationReport> => {
  const report: VerificationReport = {
    aggregates: 0,
    events: 0,
    eventsRead: 0,
    files: filesOfGit.size,
    verified: 0,
    deleted: 0,
    mismatches: [],
  };

  const verify = async (aggregateId: string): Promise<void> => {
    const { aggregate, events, lastEvent } = await fileEventStore.getAggregate(aggregateId);
    const ofGit = filesOfGit.get(aggregateId);
    filesOfGit.delete(aggregateId);

    report.aggregates += 1;
    report.events += lastEvent?.version ?? 0;
    report.eventsRead += events.length;
    const problem = difference(aggregate, ofGit);
    if (problem !== undefined) report.mismatches.push({ aggregateId, problem });
    else if (ofGit) report.verified += 1;
    else report.deleted += 1;
    onProgress?.(report);
  };
  await Readable.from(listAll(fileEventStore)).forEach(verify, {
    concurrency: CONCURRENT_READS,
    ...(signal && { signal }),
  });

  for (const aggregateId of filesOfGit.keys()) {
    report.mismatches.push({ aggregateId, problem: 'is in git, and the event store does not know it' });
  }
  return report;
};

async function* listAll(fileEventStore: FileEventStore): AsyncGenerator<string> {
  let pageToken: string | undefined;
  do {
    const page = await fileEventStore.listAggregateIds(pageToken === undefined ? {} : { pageToken });
    for (const { aggregateId } of page.aggregateIds) yield aggregateId;
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}

const difference = (file: FileAggregate | undefined, ofGit: { lines?: number } | undefined): string | undefined => {
  if (file === undefined) return 'is listed by the event store, which has no event of it';
  if (!file.exists) {
    if (ofGit) return 'is in git, and deleted in the event store';
    return file.lines === 0 ? undefined : `is deleted in the event store with ${file.lines} lines left`;
  }
  if (!ofGit) return 'is in the event store, and not in git';
  if (ofGit.lines === undefined || ofGit.lines === file.lines) return undefined;
  return `has ${ofGit.lines} lines in git, and ${file.lines} in the event store`;
};
