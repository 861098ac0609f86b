import { Readable } from 'node:stream';

import type { FileAggregate, FileEventStore } from './fileEventStore.js';
import type { Commit } from './git/readHistory.js';
import { createRecordChanges, MAX_CHANGES_OF_A_GROUP, type RecordChangesInput } from './recordChanges.js';

/** How many event groups are written at once. */
const CONCURRENT_GROUPS = 16;

export interface ImportReport {
  commits: number;
  files: number;
  events: number;
  groups: number;
}

export interface ImportOptions {
  onProgress?: (report: Readonly<ImportReport>) => void;
  signal?: AbortSignal;
  /** Whether events have their commit's message. @default false */
  withMessages?: boolean;
}

/**
 * Writes a history into an event store that holds no files yet. The events of a commit are one event group, or several
 * if they are more than 100.
 *
 * Groups that share no file are written side by side; the events of a file are written one after the other, so that
 * whoever reads in the meantime sees no gap. It holds an entry for every file, and the commits that are under way.
 */
export const importHistory = async (
  commits: AsyncIterable<Commit>,
  fileEventStore: FileEventStore,
  { onProgress, signal, withMessages }: ImportOptions = {},
): Promise<ImportReport> => {
  const recordChanges = createRecordChanges(fileEventStore, withMessages);
  const files = new Map<string, FileAggregate>();
  const inOrder = orderByKey();
  const report: ImportReport = { commits: 0, files: 0, events: 0, groups: 0 };

  const write = async ({ endsCommit, ...group }: Group): Promise<void> => {
    const aggregateIds = group.changes.map(({ aggregateId }) => aggregateId);
    await inOrder(aggregateIds, () => recordChanges.handler(group, [fileEventStore], files));

    report.commits += endsCommit ? 1 : 0;
    report.files = files.size;
    report.events += group.changes.length;
    report.groups += group.changes.length > 0 ? 1 : 0;
    onProgress?.(report);
  };
  await Readable.from(groupsOf(commits), { highWaterMark: 1 }).forEach(write, {
    concurrency: CONCURRENT_GROUPS,
    ...(signal && { signal }),
  });

  return report;
};

interface Group extends RecordChangesInput {
  /** Whether it is the last of its commit; a commit without changes is one empty group. */
  endsCommit: boolean;
}

async function* groupsOf(commits: AsyncIterable<Commit>): AsyncGenerator<Group> {
  for await (const { changes, ...commit } of commits) {
    let start = 0;
    do {
      const end = start + MAX_CHANGES_OF_A_GROUP;
      yield { commit, changes: changes.slice(start, end), endsCommit: end >= changes.length };
      start = end;
    } while (start < changes.length);
  }
}

/** Runs tasks side by side, but those that share a key in the order of their calls; none after a failed one. */
const orderByKey = () => {
  const lastOf = new Map<string, Promise<void>>();

  return async (keys: string[], task: () => Promise<void>): Promise<void> => {
    const done = Promise.all(keys.flatMap(key => lastOf.get(key) ?? [])).then(task);
    for (const key of keys) lastOf.set(key, done);
    await done;
    for (const key of keys) if (lastOf.get(key) === done) lastOf.delete(key);
  };
};
