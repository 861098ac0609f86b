import { createHash } from 'node:crypto';

/**
 * Where a subscriber is in the streams. Everything that came before is known to have been seen, or filtered out.
 *
 * It names shards by a hash and their last sequence numbers, so that any process that reads the same streams can go on
 * there. It holds nothing of events. A forged one leads to another place of the same streams, or to none.
 */
export interface Position {
  /** The feed that made it: a random name. */
  readonly feedId: string;
  /** When that feed began, in milliseconds. What was created before that was not its to show. */
  readonly since: number;
  /** The next entry in that feed's memory; undefined for a subscriber that was still reading the stream. */
  readonly index: number | undefined;
  /** When it was made, in milliseconds. */
  readonly issued: number;
  /** The last sequence number by shard; undefined for a shard of which nothing was read yet. */
  readonly shards: ReadonlyMap<string, string | undefined>;
}

/** A shard's name in positions: 12 characters, so that two shards of a table hardly ever have the same. */
export const shardKey = (streamArn: string, shardId: string): string =>
  createHash('sha256').update(`${streamArn}#${shardId}`).digest('base64url').slice(0, SHARD_KEY_LENGTH);

const SHARD_KEY_LENGTH = 12;

/**
 * Sequence numbers are decimals, perhaps with leading zeros.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 */
const MAX_DIGITS = 40;

const formatShard = ([key, sequenceNumber]: readonly [string, string | undefined]): string => {
  if (sequenceNumber === undefined) return key;
  const length = sequenceNumber.length.toString(36).padStart(2, '0');
  return `${key}${length}${BigInt(sequenceNumber).toString(36)}`;
};

export const formatShards = (shards: Iterable<readonly [string, string | undefined]>): string =>
  Array.from(shards, formatShard).join('.');

/** About 30 characters for each shard. */
export const formatPosition = (position: Omit<Position, 'shards'>, shards: string): string => {
  const { feedId, since, index, issued } = position;
  return `1.${feedId}.${since.toString(36)}.${index?.toString(36) ?? ''}.${issued.toString(36)}.${shards}`;
};

const POSITION = /^1\.([\w-]{8})\.([0-9a-z]{1,9})\.([0-9a-z]{0,10})\.([0-9a-z]{1,9})\.(.*)$/;
const SHARD = /^([\w-]{12})(?:([0-9a-z]{2})([0-9a-z]{1,26}))?$/;
const MAX_POSITION_LENGTH = 60_000;

/** Undefined for what is no position. */
export const parsePosition = (text: string): Position | undefined => {
  const parts = text.length <= MAX_POSITION_LENGTH ? POSITION.exec(text) : null;
  if (parts === null) return undefined;
  const [, feedId = '', since = '', index = '', issued = '', shardTexts = ''] = parts;
  const shards = new Map<string, string | undefined>();
  for (const shardText of shardTexts === '' ? [] : shardTexts.split('.')) {
    const shard = parseShard(shardText);
    if (shard === undefined) return undefined;
    shards.set(...shard);
  }
  return {
    feedId,
    since: Number.parseInt(since, 36),
    index: index === '' ? undefined : Number.parseInt(index, 36),
    issued: Number.parseInt(issued, 36),
    shards,
  };
};

const parseShard = (text: string): [string, string | undefined] | undefined => {
  const [, key, length, digits] = SHARD.exec(text) ?? [];
  if (key === undefined) return undefined;
  if (length === undefined || digits === undefined) return [key, undefined];
  let value = 0n;
  for (const digit of digits) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  const sequenceNumber = String(value).padStart(Math.min(MAX_DIGITS, Number.parseInt(length, 36)), '0');
  return sequenceNumber.length === Number.parseInt(length, 36) ? [key, sequenceNumber] : undefined;
};

/** Whether the first sequence number of a shard is after the second. Before all of them is undefined. */
export const isAfter = (first: string, second: string | undefined): boolean =>
  second === undefined || (first !== second && BigInt(first) > BigInt(second));
