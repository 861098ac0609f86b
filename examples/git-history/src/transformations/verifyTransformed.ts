import { readAllEvents } from '@castore-dynamodb/streams';

import type { FileEventStore } from '../fileEventStore.js';
import type { Commit } from '../git/readHistory.js';
import { FORGOTTEN } from './fileTransformations.js';

/** Who wrote what, by commit. */
export type Authorship = ReadonlyMap<string, Pick<Commit, 'author' | 'message'>>;

export const readAuthorship = async (commits: AsyncIterable<Commit>): Promise<Authorship> => {
  const authorship = new Map<string, Pick<Commit, 'author' | 'message'>>();
  for await (const { id, author, message } of commits) authorship.set(id, { author, message });
  return authorship;
};

export interface TransformedReport {
  events: number;
  /** How many events nobody can read the author of. */
  forgotten: number;
  /** Events whose author or message is not as git has it. */
  mismatches: number;
  /** How many events are of each author, as git has it. */
  authors: Map<string, number>;
}

/** Holds author and message of every event against git; who is `forgotten` is nobody any more. */
export const verifyTransformed = async (
  fileEventStore: FileEventStore,
  authorship: Authorship,
  signal: AbortSignal,
  forgotten?: string,
): Promise<TransformedReport> => {
  const report: TransformedReport = { events: 0, forgotten: 0, mismatches: 0, authors: new Map() };
  for await (const { event } of readAllEvents({ eventStores: [fileEventStore] })) {
    signal.throwIfAborted();
    const { commit, author, message } = event.payload;
    const ofGit = authorship.get(commit);
    const name = ofGit?.author ?? '';
    report.events += 1;
    report.authors.set(name, (report.authors.get(name) ?? 0) + 1);
    if (author === FORGOTTEN) report.forgotten += 1;
    if (author !== (name === forgotten ? FORGOTTEN : name) || message !== ofGit?.message) report.mismatches += 1;
  }
  return report;
};
