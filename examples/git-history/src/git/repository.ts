import { UserError } from '../userError.js';
import { GitError, gitAnswer } from './runGit.js';

/** A git repository at one moment: commits that come later are not seen. */
export interface Repository {
  /** A folder in it, as the user gave it. */
  folder: string;
  /** The commit that HEAD pointed to when it was opened. */
  head: string;
  /** How many commits lie on HEAD's first-parent line. */
  commitCount: number;
  /** How many commits `git log` has: also those that came in by merges. */
  allCommitCount: number;
  /** A clone without its older history: its oldest commit seems to add every file. */
  isShallow: boolean;
}

/** @throws UserError if there is no repository that can be read, or no commit in it. */
export const openRepository = async (folder: string, signal?: AbortSignal): Promise<Repository> => {
  const ask = (...args: string[]) => gitAnswer(folder, args, { signal });

  const isShallow = await ask('rev-parse', '--is-shallow-repository').catch((error: unknown) => {
    throw error instanceof GitError
      ? new UserError(`Cannot read a git repository at ${folder}: ${error.detail}`, { cause: error })
      : error;
  });
  const head = await ask('rev-parse', '--verify', '--end-of-options', 'HEAD^{commit}').catch((error: unknown) => {
    throw error instanceof GitError
      ? new UserError(`The git repository at ${folder} has no commits: commit something first.`, { cause: error })
      : error;
  });
  const commitCount = await ask('rev-list', '--count', '--first-parent', head);
  const allCommitCount = await ask('rev-list', '--count', head);

  return {
    folder,
    head,
    commitCount: Number(commitCount),
    allCommitCount: Number(allCommitCount),
    isShallow: isShallow === 'true',
  };
};
