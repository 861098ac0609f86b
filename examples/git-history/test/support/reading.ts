import { readFiles } from '../../src/git/readFiles.js';
import { type Commit, readHistory } from '../../src/git/readHistory.js';
import { openRepository } from '../../src/git/repository.js';

export const read = async (folder: string): Promise<Commit[]> => {
  const commits: Commit[] = [];
  for await (const commit of readHistory(await openRepository(folder))) commits.push(commit);
  return commits;
};

/** Each commit's changes as `added path +1 -0`. */
export const readChanges = async (folder: string): Promise<string[][]> =>
  (await read(folder)).map(({ changes }) =>
    changes.map(
      ({ kind, aggregateId, linesAdded, linesRemoved }) => `${kind} ${aggregateId} +${linesAdded} -${linesRemoved}`,
    ),
  );

/** What the whole history adds up to, in the shape of `readFiles`; null if a file is gone. */
export const addUp = async (folder: string): Promise<Map<string, number>> => {
  const lines = new Map<string, number>();
  for (const { changes } of await read(folder)) {
    for (const { kind, aggregateId, linesAdded, linesRemoved } of changes) {
      const sum = (lines.get(aggregateId) ?? 0) + linesAdded - linesRemoved;
      if (kind === 'deleted') {
        expect(sum).toBe(0);
        lines.delete(aggregateId);
      } else {
        lines.set(aggregateId, sum);
      }
    }
  }
  return lines;
};

/** A path as `git fast-import` takes it. */
export const quoted = (path: Buffer): string =>
  `"${[...path].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`;

export const linesOfGit = async (folder: string): Promise<Map<string, number | undefined>> =>
  new Map([...(await readFiles(await openRepository(folder)))].map(([id, { lines }]) => [id, lines]));
