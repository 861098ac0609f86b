import { Readable } from 'node:stream';

import { readFiles } from '../git/readFiles.js';
import { readHistory } from '../git/readHistory.js';
import type { Repository } from '../git/repository.js';
import { ALL_AUTHORS, type AuthorView, authorKey, type FileViews, type FolderView, foldersOf } from './fileViews.js';

/** What git says that the views have to be, by key. */
export interface ExpectedViews {
  authors: ReadonlyMap<string, AuthorView>;
  /** The lines are absent if git counts none of one of the files. */
  folders: ReadonlyMap<string, Omit<FolderView, 'lines'> & { lines: number | undefined }>;
}

/**
 * Asks git for all of it anew: what authors did from the history, what is in the folders from the files of HEAD. It holds
 * an entry for each author, each file of HEAD, and each folder that there ever was.
 */
export const expectViews = async (repository: Repository, signal: AbortSignal): Promise<ExpectedViews> => {
  const authors = new Map<string, AuthorView>();
  const folders = new Map<string, FolderView & { isCounted: boolean }>();
  const folderOf = (folder: string) => {
    const known = folders.get(folder) ?? { changes: 0, files: 0, lines: 0, isCounted: true };
    folders.set(folder, known);
    return known;
  };

  for await (const { author, changes } of readHistory(repository, signal)) {
    for (const { aggregateId, linesAdded, linesRemoved } of changes) {
      for (const key of [ALL_AUTHORS, authorKey(author)]) {
        const before = authors.get(key) ?? { changes: 0, linesAdded: 0, linesRemoved: 0 };
        authors.set(key, {
          changes: before.changes + 1,
          linesAdded: before.linesAdded + linesAdded,
          linesRemoved: before.linesRemoved + linesRemoved,
        });
      }
      for (const folder of foldersOf(aggregateId)) folderOf(folder).changes += 1;
    }
  }
  for (const [aggregateId, { lines }] of await readFiles(repository, signal)) {
    for (const folder of foldersOf(aggregateId).map(folderOf)) {
      folder.files += 1;
      if (lines === undefined) folder.isCounted = false;
      else folder.lines += lines;
    }
  }
  const ofFolders = [...folders].map(
    ([folder, { isCounted, lines, ...others }]) =>
      [folder, { ...others, lines: isCounted ? lines : undefined }] as const,
  );
  return { authors, folders: new Map(ofFolders) };
};

/** How many views are read at once. */
const CONCURRENT_READS = 16;

export interface ViewsReport {
  /** Views that are exactly so. */
  verified: number;
  /** Sentences. */
  mismatches: string[];
}

/** Reads each view that git says there has to be, and holds it against that. */
export const verifyViews = async (
  { authors, folders }: FileViews,
  expected: ExpectedViews,
  signal: AbortSignal,
): Promise<ViewsReport> => {
  const reads = [
    ...[...expected.authors].map(([key, wanted]) => ({
      name: 'author',
      key,
      wanted,
      read: () => authors.getView(key),
    })),
    ...[...expected.folders].map(([key, wanted]) => ({
      name: 'folder',
      key,
      wanted,
      read: () => folders.getView(key),
    })),
  ];
  const report: ViewsReport = { verified: 0, mismatches: [] };
  const verify = async ({ name, key, wanted, read }: (typeof reads)[number]): Promise<void> => {
    const problem = difference(wanted, await read());
    if (problem === undefined) report.verified += 1;
    else report.mismatches.push(`the view of ${name} ${JSON.stringify(key)} ${problem}`);
  };
  await Readable.from(reads).forEach(verify, { concurrency: CONCURRENT_READS, signal });
  return report;
};

const difference = (wanted: object, found: object | undefined): string | undefined => {
  if (found === undefined) return 'is missing';
  const numbers = new Map<string, unknown>(Object.entries(found));
  const wrong = Object.entries(wanted).find(([name, number]) => number !== undefined && numbers.get(name) !== number);
  return wrong && `has ${String(numbers.get(wrong[0]))} ${wrong[0]}, and git ${wrong[1]}`;
};
