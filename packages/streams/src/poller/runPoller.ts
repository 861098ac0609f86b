import type { _Record, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { backOffMs, DeadlineExceededError, isDeadlineExceeded, pause } from '@castore-dynamodb/commons';

import { pendingAggregates } from '../aggregates/pendingAggregate.js';
import type { CheckpointStore } from '../checkpoints/checkpointStore.js';
import { LostLockError } from '../errors.js';
import { decodeRecords } from '../images/decodeRecords.js';
import { type CatchUpOptions, catchUp } from '../projections/catchUp.js';
import type { TableReader } from '../projections/projectedTables.js';
import type { Projector, Unfinished } from '../projections/projector.js';
import { BACK_OFF, endsAfter, TIMEOUTS } from '../timeouts.js';
import { Lease, Lock } from './lock.js';
import { ShardCheckpoints } from './shardCheckpoints.js';
import { type PolledTable, readTable } from './tableReader.js';
import { TableStream } from './tableStream.js';

interface RunOptions extends Omit<RecordProjectionOptions, 'hasTime' | 'signal' | 'stop'> {
  readonly name: string;
  readonly tables: readonly PolledTable[];
  readonly checkpoints: CheckpointStore;
  readonly dynamoDbStreamsClient: DynamoDBStreamsClient;
  readonly pollIntervalMs: number;
  readonly lockTimeoutMs: number;
  readonly onState: (state: 'waiting' | 'running') => void;
}

/** Works whenever it has the lock, until the end comes, which a failure may also decide upon. Never throws. */
export const runPoller = async (options: RunOptions, end: AbortController): Promise<void> => {
  const { checkpoints, name, lockTimeoutMs, onError, onState } = options;
  const lock = new Lock(checkpoints, name, lockTimeoutMs);
  for (let failures = 1; !end.signal.aborted; failures++) {
    onState('waiting');
    try {
      await lock.acquire(end.signal);
      if (end.signal.aborted) break;
      const lease = new Lease(await ShardCheckpoints.load(checkpoints, name), onError);
      onState('running');
      failures = 0;
      await workInLease(options, lease, lock, end);
    } catch (error) {
      onError(error);
    }
    if (!end.signal.aborted) await pause(backOffMs(Math.max(1, failures), BACK_OFF), end.signal);
  }
  await lock.release().catch(onError);
};

/** For what is under way when a lease ends. The rest of the time is for the lock. */
const GRACE = 0.8;

/** Reads until the lease ends, with the poller or without. The lock is kept until what is under way is done. */
const workInLease = async (options: RunOptions, lease: Lease, lock: Lock, end: AbortController): Promise<void> => {
  const { name, onError } = options;
  const endLease = (): void => lease.end();
  end.signal.addEventListener('abort', endLease);
  if (end.signal.aborted) endLease();
  const isDone = new AbortController();
  const keeping = lock
    .keep(isDone.signal, () => !lease.stuckWork.isStuck, onError)
    .then(async isLost => {
      endLease();
      if (!isLost) return;
      onError(
        lease.stuckWork.isStuck
          ? new DeadlineExceededError(`A handler of ${nameOf(name)}`, TIMEOUTS.handler)
          : new LostLockError(name),
      );
      // Another poller need not wait for it.
      if (lease.stuckWork.isStuck) await lock.release().catch(onError);
    });
  const grace = TIMEOUTS.request * GRACE;
  await endsAfter(lease.signal, grace, `What ${nameOf(name)} had begun`, readTables(options, lease, end)).catch(
    onError,
  );
  isDone.abort();
  await keeping;
  end.signal.removeEventListener('abort', endLease);
};

const nameOf = (poller: string): string => `poller ${JSON.stringify(poller)}`;

const readTables = async (
  { tables, dynamoDbStreamsClient, pollIntervalMs, ...options }: RunOptions,
  lease: Lease,
  end: AbortController,
): Promise<void> => {
  const { signal } = lease;
  const connect = (arn: string) => new TableStream(arn, dynamoDbStreamsClient);
  await Promise.all(
    tables.map(table =>
      readTable({
        table,
        connect,
        lease,
        pollIntervalMs,
        handle: (arn, records) =>
          lease.stuckWork.watch(getOn => {
            const hasTime = (): boolean => {
              getOn();
              return !signal.aborted;
            };
            const stop = (): void => end.abort();
            return projectRecords(table.readers, arn, records, {
              ...options,
              hasTime,
              signal,
              stop,
            });
          }),
      }),
    ),
  );
};

interface RecordProjectionOptions extends Omit<CatchUpOptions, 'replay' | 'untilDone'> {
  /** Gets the error of each request that had no answer and is tried again. */
  readonly onError: (error: unknown) => void;
  /** What the decision `stop` does. */
  readonly stop: () => void;
}

/** Brings every projection up to the records of a table's stream; false if there was no time for all of it. */
const projectRecords = async (
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
