import { UserError } from '../userError.js';

/** What this program asks of `git diff-tree --stdin`, and what `parseDiffTree` reads. */
export const DIFF_TREE_FORMAT = ['-z', '--raw', '--numstat', '--encoding=UTF-8', '--format=commit %H %at %an%n%B'];

export interface CommitDiff {
  id: string;
  author: string;
  message: string;
  timestamp: string;
  changes: ChangeDiff[];
}

export interface ChangeDiff {
  kind: 'added' | 'changed' | 'deleted';
  path: Buffer;
  before: Side;
  after: Side;
  /** Absent if git takes one of the sides for binary. */
  lines?: { added: number; removed: number };
}

/** The file before or after a change. */
export interface Side {
  mode: string;
  objectId: string;
}

/** Of each commit git writes a header, then every change with its objects, then every change with its lines. */
export async function* parseDiffTree(tokens: AsyncGenerator<Buffer>): AsyncGenerator<CommitDiff> {
  let commit: CommitDiff | undefined;
  let changes = new Map<string, ChangeDiff>();

  for await (const token of tokens) {
    // No path is taken for a header: a path comes after the token that announces it.
    const text = token.toString('latin1');
    if (text.startsWith('commit ')) {
      if (commit) yield commit;
      commit = parseHeader(token);
      changes = new Map();
    } else if (text.startsWith(':') || text.startsWith('\n:')) {
      const path: Buffer = (await tokens.next()).value;
      const change = parseRaw(text.trimStart(), path);
      changes.set(path.toString('latin1'), change);
      commit?.changes.push(change);
    } else {
      const [added = '', removed = ''] = text.split('\t', 2);
      const change = changes.get(text.slice(added.length + removed.length + 2));
      if (!change) throw unexpected(text);
      if (added !== '-') change.lines = { added: Number(added), removed: Number(removed) };
    }
  }
  if (commit) yield commit;
}

const HEADER = /^commit (\S+) (-?\d+) ([^\n]*)\n?(.*)$/s;

const parseHeader = (token: Buffer): CommitDiff => {
  const [text, id = '', seconds, author = '', message = ''] = HEADER.exec(token.toString()) ?? [];
  if (text === undefined) throw unexpected(token.toString());
  const authorDate = new Date(Number(seconds) * 1000);
  const year = authorDate.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) {
    throw new UserError(`Commit ${id} has no author date that can be stored: ${seconds} seconds since 1970.`);
  }
  return { id, author, message: message.trimEnd(), timestamp: authorDate.toISOString(), changes: [] };
};

const KINDS: Record<string, ChangeDiff['kind']> = { A: 'added', M: 'changed', T: 'changed', D: 'deleted' };

/** `:<mode before> <mode after> <object before> <object after> <status>` */
const parseRaw = (text: string, path: Buffer): ChangeDiff => {
  const [modeBefore = '', modeAfter = '', objectBefore = '', objectAfter = '', status = ''] = text.slice(1).split(' ');
  const kind = KINDS[status];
  if (kind === undefined) throw unexpected(text);
  return {
    kind,
    path,
    before: { mode: modeBefore, objectId: objectBefore },
    after: { mode: modeAfter, objectId: objectAfter },
  };
};

const unexpected = (text: string) =>
  new Error(`git diff-tree wrote what this program cannot read: ${JSON.stringify(text)}`);
