/**
 * Where a client is in the log: the next entry, and how many of that entry's events it is done with. It holds nothing of
 * events. A forged one leads to another place of the same log, behind the same rights.
 */
export interface LogPosition {
  /** Of the log that it is a position of. */
  readonly logId: string;
  readonly entry: number;
  readonly done: number;
}

export const formatLogPosition = ({ logId, entry, done }: LogPosition): string =>
  `g1.${logId}.${entry.toString(36)}.${done.toString(36)}`;

const POSITION = /^g1\.([\w-]{8})\.([0-9a-z]{1,10})\.([0-9a-z]{1,5})$/;

/** Undefined for what is no position. */
export const parseLogPosition = (text: unknown): LogPosition | undefined => {
  const [, logId, entry, done] = (typeof text === 'string' && POSITION.exec(text)) || [];
  if (logId === undefined || entry === undefined || done === undefined) return undefined;
  return { logId, entry: Number.parseInt(entry, 36), done: Number.parseInt(done, 36) };
};
