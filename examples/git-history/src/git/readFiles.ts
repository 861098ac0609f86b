import { aggregateIdOfPath } from './aggregateIdOfPath.js';
import type { Repository } from './repository.js';
import { gitAnswer, gitOutput, splitAtNul } from './runGit.js';

/**
 * The files of HEAD and their lines as git counts them, by aggregate id; the lines are absent of a file that git takes
 * for binary. It holds an entry for every file of HEAD.
 */
export const readFiles = async (
  { folder, head }: Repository,
  signal?: AbortSignal,
): Promise<Map<string, { lines?: number }>> => {
  const files = new Map<string, { lines?: number }>();
  for await (const path of splitAtNul(
    gitOutput(folder, ['ls-tree', '-r', '-z', '--full-tree', '--name-only', head], { signal }),
  )) {
    files.set(aggregateIdOfPath(path), {});
  }

  // Compared with no files at all, every line of a file is an added one.
  const emptyTree = await gitAnswer(folder, ['hash-object', '-t', 'tree', '--stdin'], { signal });
  const compare = ['diff-tree', '-r', '-z', '--numstat', '--ignore-submodules=none', emptyTree, head];
  for await (const token of splitAtNul(gitOutput(folder, compare, { signal }))) {
    const [added = ''] = token.toString('latin1').split('\t', 1);
    const path = token.subarray(token.indexOf('\t', token.indexOf('\t') + 1) + 1);
    const file = files.get(aggregateIdOfPath(path));
    if (file && added !== '-') file.lines = Number(added);
  }
  return files;
};

/** A file as it was after a commit. */
export interface FileAt {
  commit: string;
  exists: boolean;
  /** As git counts them; absent of a file that git takes for binary. */
  lines?: number;
}

/**
 * A file as it was at an instant: after the last commit on HEAD's first-parent line that touched it and whose author date
 * is not later. Undefined if there is none.
 *
 * @param path from the top of the repository.
 */
export const readFileAt = async (
  repository: Repository,
  path: string,
  instant: number,
  signal?: AbortSignal,
): Promise<FileAt | undefined> => {
  const commit = await lastCommitOf(repository, path, instant, signal);
  if (commit === undefined) return undefined;

  const { folder } = repository;
  const list = ['ls-tree', '-r', '-z', '--full-tree', '--name-only', commit, path];
  for await (const name of splitAtNul(gitOutput(folder, list, { signal }))) {
    if (name.toString() === path) return { commit, exists: true, ...(await countLines(folder, commit, path, signal)) };
  }
  return { commit, exists: false };
};

/** The file alone, whatever characters are in its name; not what lies in a folder of that name. */
const pathspec = (path: string): string[] => [`:(top,literal)${path}`, `:(top,literal,exclude)${path}/`];

/** Whether a commit on HEAD's first-parent line ever touched a file of that path. */
export const wasEverThere = async (repository: Repository, path: string, signal?: AbortSignal): Promise<boolean> =>
  (await lastCommitOf(repository, path, Number.POSITIVE_INFINITY, signal)) !== undefined;

const lastCommitOf = async (
  { folder, head }: Repository,
  path: string,
  instant: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> => {
  // The newest first: "commit <id>", then the author date in seconds since 1970.
  const answer = await gitAnswer(
    folder,
    ['rev-list', '--first-parent', '--format=%at', head, '--', ...pathspec(path)],
    { signal },
  );
  const [, commit] =
    [...answer.matchAll(/^commit (\w+)\n(-?\d+)$/gm)].find(([, , seconds]) => Number(seconds) * 1000 <= instant) ?? [];
  return commit;
};

const countLines = async (
  folder: string,
  commit: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ lines?: number }> => {
  // Compared with no files at all, every line of a file is an added one.
  const emptyTree = await gitAnswer(folder, ['hash-object', '-t', 'tree', '--stdin'], { signal });
  const compare = ['diff-tree', '-r', '--numstat', '--ignore-submodules=none', emptyTree, commit];
  const numstat = await gitAnswer(folder, [...compare, '--', ...pathspec(path)], { signal });
  // No line at all for an empty file.
  const added = numstat === '' ? '0' : numstat.split('\t', 1)[0];
  return added === '-' ? {} : { lines: Number(added) };
};
