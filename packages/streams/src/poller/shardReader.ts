import type { _Record } from '@aws-sdk/client-dynamodb-streams';
import { isDeadlineExceeded, isNamed, pause } from '@castore-dynamodb/commons';

import { pendingAggregates } from '../aggregates/pendingAggregate.js';
import { TrimmedStreamError } from '../errors.js';
import { decodeRecords } from '../images/decodeRecords.js';
import { type CatchUpOptions, catchUp } from '../projections/catchUp.js';
import type { TableReader } from '../projections/projectedTables.js';
import type { Projector, Unfinished } from '../projections/projector.js';
import type { Lease } from './lease.js';
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

export interface RecordProjectionOptions extends Omit<CatchUpOptions, 'replay' | 'untilDone'> {
  /** Gets the error of each request that had no answer and is tried again. */
  readonly onError: (error: unknown) => void;
  /** What the decision `stop` does. */
  readonly stop: () => void;
}

/** Brings every projection up to the records of a table's stream; false if there was no time for all of it. */
export const projectRecords = async (
  readers: readonly TableReader[],
  streamArn: string,
  records: readonly _Record[],
  { onError, stop, ...options }: RecordProjectionOptions,
): Promise<boolean> => {
  const decoded = await decodeRecords(
    readers,
    records.map(record => ({ ...record, eventSourceARN: streamArn })),
  );
  const run = { ...options, replay: false, untilDone: true };
  const results = await Promise.allSettled(
    readers.map(async ({ projector }, index) => {
      const aggregates = pendingAggregates(decoded[index] ?? []);
      const { unfinished, isStopped } = await catchUp(reporting(projector, onError), aggregates, run);
      if (isStopped) stop();
      return unfinished.length === 0;
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.every(result => result.status === 'fulfilled' && result.value);
};

/** A projector that reports each request without an answer at once, and not only after all attempts. */
const reporting = (projector: Projector, onError: (error: unknown) => void): Projector => ({
  name: projector.name,
  eventStores: projector.eventStores,
  checkpoints: projector.checkpoints,
  positionKey: aggregate => projector.positionKey(aggregate),
  project: async (aggregates, run) => {
    const errors = new Set<unknown>();
    try {
      const unfinished = await projector.project(aggregates, run);
      for (const error of unfinished.map(errorOf)) errors.add(error);
      return unfinished;
    } catch (error) {
      errors.add(error);
      throw error;
    } finally {
      for (const error of errors) if (isDeadlineExceeded(error)) onError(error);
    }
  },
});

const errorOf = ({ cause }: Unfinished): unknown => (cause.kind === 'passing' ? cause.error : undefined);
