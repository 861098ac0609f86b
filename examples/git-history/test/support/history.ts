import type { Commit, FileChange } from '../../src/git/readHistory.js';

export const change = (
  kind: FileChange['kind'],
  aggregateId: string,
  linesAdded = 0,
  linesRemoved = 0,
): FileChange => ({
  kind,
  aggregateId,
  linesAdded,
  linesRemoved,
});

/** A history of commits with these changes. */
export async function* history(...commits: FileChange[][]): AsyncGenerator<Commit> {
  for (const changes of commits)
    yield { id: 'c0ffee', author: 'Ada', message: 'x', timestamp: '2020-01-01T00:00:00.000Z', changes };
}
