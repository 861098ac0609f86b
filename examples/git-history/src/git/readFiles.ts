import { aggregateIdOfPath } from './aggregateIdOfPath.js';
import type { Repository } from './repository.js';
import { gitAnswer, gitOutput } from './runGit.js';
import { splitAtNul } from './splitAtNul.js';

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
