import { Readable } from 'node:stream';

import type { ExpectedViews } from './expectedViews.js';
import type { FileViews } from './fileViews.js';

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
