import type { _Record } from '@aws-sdk/client-dynamodb-streams';

import { TrimmedStreamError } from '../errors/index.js';
import { pause } from '../pause.js';
import { START } from './shardCheckpoints.js';
import type { Shift } from './shift.js';
import { isNamed, type RecordPage, type TableStream } from './tableStream.js';

export interface ShardReaderOptions {
  readonly stream: TableStream;
  readonly shift: Shift;
  readonly pollIntervalMs: number;
  /** Handles records of one shard; resolves with whether all of them are done with, which they are unless the shift ended. */
  readonly handle: (streamArn: string, records: readonly _Record[]) => Promise<boolean>;
  /** Whether the stream still has the shard, as far as is known. */
  readonly isListed: (shardId: string) => boolean;
}

/** Reads a shard from its checkpoint on, until it ends, is gone, or the shift ends. */
export const readShard = async (shardId: string, options: ShardReaderOptions): Promise<void> => {
  const { stream, shift, pollIntervalMs, handle, isListed } = options;
  const { checkpoints, signal } = shift;
  // So that the stream is known to have been begun, should it be switched off before its first record.
  if (checkpoints.get(stream.arn, shardId) === undefined) {
    await shift.untilItWorks(() => checkpoints.set(stream.arn, shardId, START));
  }
  let iterator: string | undefined;
  while (!signal.aborted) {
    const page = await shift.untilItWorks(async () => {
      const current = iterator;
      // Where this fails, the next attempt begins at the checkpoint.
      iterator = undefined;
      return isListed(shardId) ? readPage(shardId, current, options) : undefined;
    });
    if (page === undefined) return;
    const { records, nextIterator } = page;
    if (records.length > 0) {
      if ((await shift.untilItWorks(() => handle(stream.arn, records))) !== true) return;
      const sequenceNumber = records.at(-1)?.dynamodb?.SequenceNumber as string;
      await shift.untilItWorks(() => checkpoints.set(stream.arn, shardId, { isDone: false, sequenceNumber }));
    }
    if (nextIterator === undefined) {
      await shift.untilItWorks(() => checkpoints.set(stream.arn, shardId, { isDone: true }));
      return;
    }
    iterator = nextIterator;
    if (records.length === 0) await pause(pollIntervalMs, signal);
  }
};

const readPage = async (
  shardId: string,
  iterator: string | undefined,
  options: ShardReaderOptions,
  isRetry = false,
): Promise<RecordPage> => {
  const { stream, shift } = options;
  const { checkpoints, signal } = shift;
  const position = checkpoints.get(stream.arn, shardId) ?? START;
  const behind = position.isDone ? undefined : position.sequenceNumber;
  try {
    return await stream.records(iterator ?? (await stream.iterator(shardId, behind, signal)), signal);
  } catch (error) {
    const isExpired = isNamed(error, 'ExpiredIteratorException');
    const isTrimmed = isNamed(error, 'TrimmedDataAccessException');
    // An iterator lives for 15 minutes, which the handling of a page may have taken. And where nothing of the shard was
    // done with, it begins at whatever is the oldest record now; DynamoDB Local says "trimmed" of a shard's first record
    // too (https://github.com/aws/aws-sdk-java/issues/2923).
    if (!isRetry && (isExpired || (isTrimmed && behind === undefined))) {
      return readPage(shardId, undefined, options, true);
    }
    if (!isTrimmed) throw error;
    await checkpoints.set(stream.arn, shardId, START);
    throw new TrimmedStreamError(stream.arn, shardId, { cause: error });
  }
};
