import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { backOffMs, DeadlineExceededError, pause } from '@castore-dynamodb/commons';

import { LostLockError } from '../errors.js';
import { BACK_OFF, endsAfter, TIMEOUTS } from '../timeouts.js';
import { Lease } from './lease.js';
import { Lock } from './lock.js';
import { ShardCheckpoints } from './shardCheckpoints.js';
import { projectRecords } from './shardReader.js';
import type { StreamPollerOptions, StreamPollerState } from './streamPollerOptions.js';
import { type PolledTable, readTable } from './tableReader.js';
import { TableStream } from './tableStream.js';

export interface RunOptions extends Required<Omit<StreamPollerOptions, 'projections'>> {
  readonly tables: readonly PolledTable[];
  readonly onState: (state: StreamPollerState) => void;
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
  const connect = (arn: string) => new TableStream(arn, dynamoDbStreamsClient as DynamoDBStreamsClient);
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
