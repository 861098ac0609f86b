import type { _Record } from '@aws-sdk/client-dynamodb-streams';
import { isNamed, pause } from '@castore-dynamodb/commons';

import { TrimmedStreamError } from '../errors.js';
import type { Lease } from './lock.js';
import { START } from './shardCheckpoints.js';
import type { RecordPage, TableStream } from './tableStream.js';

export interface ShardReaderOptions {
  readonly stream: TableStream;
  readonly lease: Lease;
  readonly pollIntervalMs: number;
  /** Handles records of one shard; resolves with whether all of them are, which is so unless the lease ended. */
  readonly handle: (streamArn: string, records: readonly _Record[], shardId: string) => Promise<boolean>;
  /** Asks whether the stream still has the shard. */
  readonly isListed: (shardId: string) => Promise<boolean>;
}

/** Reads a shard from its checkpoint on, until it ends, is gone, or the lease ends. @returns whether it is gone. */
export const readShard = async (shardId: string, options: ShardReaderOptions): Promise<boolean> => {
  const { stream, lease, pollIntervalMs, handle } = options;
  const { checkpoints, signal } = lease;
  // So that the stream is known to have been begun, should it be switched off before its first record.
  if (checkpoints.get(stream.arn, shardId) === undefined) {
    await lease.repeat(() => checkpoints.set(stream.arn, shardId, START));
  }
  let iterator: string | undefined;
  while (!signal.aborted) {
    const page = await lease.repeat(() => {
      const current = iterator;
      // If this fails, the next attempt begins at the checkpoint.
      iterator = undefined;
      return readPageUnlessGone(shardId, current, options);
    });
    if (page === undefined) return false;
    if (page === 'gone') return true;
    const { records, nextIterator } = page;
    if (records.length > 0) {
      if ((await lease.repeat(() => handle(stream.arn, records, shardId))) !== true) return false;
      const sequenceNumber = records.at(-1)?.dynamodb?.SequenceNumber as string;
      await lease.repeat(() => checkpoints.set(stream.arn, shardId, { isDone: false, sequenceNumber }));
    }
    if (nextIterator === undefined) {
      await lease.repeat(() => checkpoints.set(stream.arn, shardId, { isDone: true }));
      return false;
    }
    iterator = nextIterator;
    if (records.length === 0) await pause(pollIntervalMs, signal);
  }
  return false;
};

/** `gone`: the stream does not have the shard any more. */
const readPageUnlessGone = async (
  shardId: string,
  iterator: string | undefined,
  options: ShardReaderOptions,
): Promise<RecordPage | 'gone'> => {
  try {
    return await readPage(shardId, iterator, options);
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException') && !(await options.isListed(shardId))) return 'gone';
    throw error;
  }
};

const readPage = async (
  shardId: string,
  iterator: string | undefined,
  options: ShardReaderOptions,
  isRetry = false,
): Promise<RecordPage> => {
  const { stream, lease } = options;
  const { checkpoints, signal } = lease;
  const position = checkpoints.get(stream.arn, shardId) ?? START;
  const after = position.isDone ? undefined : position.sequenceNumber;
  try {
    return await stream.records(iterator ?? (await stream.iterator(shardId, after, signal)), signal);
  } catch (error) {
    const isExpired = isNamed(error, 'ExpiredIteratorException');
    const isTrimmed = isNamed(error, 'TrimmedDataAccessException');
    // An iterator lives for 15 minutes, which the handling of a page may have taken. And if nothing of the shard was done
    // with, it begins at whatever is the oldest record now; DynamoDB Local says "trimmed" of a shard's first record too
    // (https://github.com/aws/aws-sdk-java/issues/2923).
    if (!isRetry && (isExpired || (isTrimmed && after === undefined))) {
      return readPage(shardId, undefined, options, true);
    }
    if (!isTrimmed) throw error;
    await checkpoints.set(stream.arn, shardId, START);
    throw new TrimmedStreamError(stream.arn, shardId, { cause: error });
  }
};
