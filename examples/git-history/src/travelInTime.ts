import type { FileEventStoreWithSnapshots } from './fileSnapshots.js';
import { type FileAt, readFileAt } from './git/readFiles.js';
import type { Repository } from './git/repository.js';
import type { TimeTravel } from './options.js';

export interface TimeTravelReport {
  /** What the event store says of the file then, and how it knows, for people. */
  answer: string;
  /** What git says, if that is something else. */
  mismatch?: string;
}

/** Looks a file up as it was at a time, in the event store and in git. */
export const travelInTime = async (
  { file, at }: TimeTravel,
  fileEventStore: FileEventStoreWithSnapshots,
  repository: Repository,
  signal?: AbortSignal,
): Promise<TimeTravelReport> => {
  const { aggregate, events, snapshot } = await fileEventStore.getAggregate(file, { at });
  const ofGit = await readFileAt(repository, file, Date.parse(at), signal);

  const found = describe(aggregate);
  const source =
    snapshot === undefined
      ? `from ${events.length} events`
      : `from the snapshot at version ${snapshot.version} and ${events.length} events`;
  const expected = describe(ofGit && { lines: aggregate?.lines ?? 0, ...ofGit });
  return {
    answer: `${file} at ${at}: ${found}${aggregate === undefined ? '' : ` (version ${aggregate.version}, ${source})`}`,
    ...(found !== expected && { mismatch: `${JSON.stringify(file)} at ${at} is in git: ${expected}` }),
  };
};

/** git counts no lines of a binary file, so there its number is taken for granted. */
const describe = (file: Pick<Required<FileAt>, 'exists' | 'lines'> | undefined): string => {
  if (file === undefined) return 'not there yet';
  return file.exists ? `${file.lines} lines` : 'deleted';
};
