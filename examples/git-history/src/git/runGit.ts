import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { UserError } from '../userError.js';

/** git ended with an error; `detail` is its own sentence. */
export class GitError extends UserError {
  readonly detail: string;

  constructor(subcommand: string, detail: string) {
    super(`git ${subcommand} failed: ${detail}`);
    this.name = 'GitError';
    this.detail = detail;
  }
}

export interface GitOptions {
  /** What git reads from its standard input; nothing if absent. */
  input?: AsyncIterable<Buffer | string> | Iterable<Buffer | string>;
  /** Ends git, and the call with an AbortError. */
  signal?: AbortSignal | undefined;
}

/**
 * Runs git in a folder and yields what it writes, as it comes: git waits while nobody asks for more.
 * git ends when the consumer stops.
 *
 * @throws GitError if git ends with an error; UserError if there is no git.
 */
export async function* gitOutput(
  folder: string,
  args: string[],
  { input = [], signal }: GitOptions = {},
): AsyncGenerator<Buffer> {
  const git = spawn('git', ['-C', folder, ...args], { env: environment(), stdio: ['pipe', 'pipe', 'pipe'], signal });
  const ended = endOf(git);
  const fed = feed(git.stdin, input);
  fed.catch(() => undefined); // Its error is thrown below, if no other one comes first.
  try {
    for await (const chunk of git.stdout) yield chunk as Buffer;

    const { error, exitCode, stderr } = await ended;
    if (error) throw isNotFound(error) ? new UserError(NO_GIT, { cause: error }) : error;
    // A failing input, such as another git's output, explains why this git ended.
    await fed;
    if (exitCode !== 0) throw new GitError(args[0] ?? '', firstSentence(stderr) ?? `it ended with ${exitCode}`);
  } finally {
    git.kill();
  }
}

/** The whole output of git, for short answers; without the line end at its end. */
export const gitAnswer = async (folder: string, args: string[], options: GitOptions = {}): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of gitOutput(folder, args, options)) chunks.push(chunk);
  return Buffer.concat(chunks).toString().replace(/\n$/, '');
};

/** Splits the output of a git command with `-z` into its tokens, which end in a NUL byte each. */
export async function* splitAtNul(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      const token = chunk.subarray(start, end);
      yield rest.length === 0 ? token : Buffer.concat([rest, token]);
      rest = Buffer.alloc(0);
      start = end + 1;
    }
    rest = Buffer.concat([rest, chunk.subarray(start)]);
  }
}

interface End {
  error?: unknown;
  /** null if a signal ended it. */
  exitCode?: number | null;
  stderr: string;
}

const endOf = async (git: ChildProcessByStdio<Writable, Readable, Readable>): Promise<End> => {
  let stderr = '';
  git.stderr.setEncoding('utf8').on('data', (text: string) => {
    // The first sentence is the cause; a git that goes on complaining does not fill the memory.
    if (stderr.length < 10_000) stderr += text;
  });
  try {
    const [exitCode] = (await once(git, 'close')) as [number | null];
    return { exitCode, stderr };
  } catch (error) {
    return { error, stderr };
  }
};

/** Resolves once git has read the input or wants no more of it; rejects only with an error of the input itself. */
const feed = async (stdin: Writable, input: NonNullable<GitOptions['input']>): Promise<void> => {
  let inputError: unknown;
  const watched = async function* () {
    try {
      yield* input;
    } catch (error) {
      inputError = error;
      throw error;
    }
  };
  await pipeline(watched, stdin).catch(() => undefined);
  if (inputError !== undefined) throw inputError;
};

/** git sets them for its hooks and aliases; they would lead to another repository than the folder's. */
const REPOSITORY_VARIABLES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_COMMON_DIR', 'GIT_OBJECT_DIRECTORY'];

const environment = (): NodeJS.ProcessEnv => {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C' };
  for (const name of REPOSITORY_VARIABLES) delete env[name];
  return env;
};

const firstSentence = (stderr: string): string | undefined =>
  stderr
    .split('\n')
    .find(line => line.trim() !== '')
    ?.replace(/^(fatal|error): /, '');

const isNotFound = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const NO_GIT = 'git was not found: install it, or add it to the PATH.';
