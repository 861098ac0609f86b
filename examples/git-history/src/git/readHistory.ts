import { aggregateIdOfPath } from './aggregateIdOfPath.js';
import { countBlobLines } from './countBlobLines.js';
import { type CommitDiff, DIFF_TREE_FORMAT, parseDiffTree, type Side } from './parseDiffTree.js';
import type { Repository } from './repository.js';
import { gitOutput, splitAtNul } from './runGit.js';

/** What a commit did to the files, compared with its first parent. */
export interface Commit {
  id: string;
  /** The author's name; bytes that are no UTF-8 are shown as U+FFFD. */
  author: string;
  /** Without the empty lines at its end. */
  message: string;
  /** The author date, ISO 8601 with milliseconds. */
  timestamp: string;
  changes: FileChange[];
}

/** What a commit did to one file. A rename is a deletion and an addition. */
export interface FileChange {
  kind: 'added' | 'changed' | 'deleted';
  /** See `aggregateIdOfPath`. */
  aggregateId: string;
  linesAdded: number;
  linesRemoved: number;
}

/**
 * The commits on HEAD's first-parent line, the oldest first. git is read as fast as the consumer takes the commits;
 * one commit is held in memory.
 *
 * git's plumbing is asked, which looks for no renames and follows no user's `log.*` settings and few of `diff.*`.
 * What else could change the answer is overridden by an option.
 */
export async function* readHistory(repository: Repository, signal?: AbortSignal): AsyncGenerator<Commit> {
  const { folder, head } = repository;
  const commitIds = gitOutput(folder, ['rev-list', '--first-parent', '--reverse', head], { signal });
  const differences = ['-r', '--root', '--always', '--diff-merges=first-parent', '--ignore-submodules=none'];
  const diffs = gitOutput(folder, ['diff-tree', '--stdin', ...differences, ...DIFF_TREE_FORMAT], {
    input: commitIds,
    signal,
  });

  for await (const commit of parseDiffTree(splitAtNul(diffs))) {
    yield { ...commit, changes: await countLines(repository, commit, signal) };
  }
}

/**
 * git counts no lines if it takes one side of a change for binary. Then the whole file counts as replaced: then
 * the lines added less the lines removed are the lines of the file at any time, also after it has become text.
 */
const countLines = async (repository: Repository, commit: CommitDiff, signal?: AbortSignal): Promise<FileChange[]> => {
  const uncounted = commit.changes.filter(({ lines }) => lines === undefined);
  const sides = uncounted.flatMap(({ before, after }) => [before, after]);
  const blobIds = new Set(sides.filter(isBlob).map(({ objectId }) => objectId));
  const blobLines = await countBlobLines(repository, blobIds, signal);
  const linesOf = (side: Side): number => {
    if (side.mode === NO_FILE) return 0;
    if (side.mode === SUBMODULE) return 1;
    return blobLines.get(side.objectId) ?? 0;
  };

  return commit.changes.map(({ kind, path, before, after, lines }) => ({
    kind,
    aggregateId: aggregateIdOfPath(path),
    linesAdded: lines ? lines.added : linesOf(after),
    linesRemoved: lines ? lines.removed : linesOf(before),
  }));
};

const NO_FILE = '000000';

/** A submodule: git shows it as a text of one line, which names the submodule's commit. */
const SUBMODULE = '160000';

const isBlob = ({ mode }: Side) => mode !== NO_FILE && mode !== SUBMODULE;
