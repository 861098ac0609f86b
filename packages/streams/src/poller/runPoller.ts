import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { EventTable } from '@castore-dynamodb/adapter';

import { backOff } from '../backOff.js';
import { LostLockError } from '../errors/index.js';
import { Lock } from './lock.js';
import { projectRecords, type RecordProjectionOptions } from './projectRecords.js';
import { ShardCheckpoints } from './shardCheckpoints.js';
import { Shift } from './shift.js';
import type { StreamPollerOptions, StreamPollerState } from './streamPollerOptions.js';
import { readTable } from './tableReader.js';
import { TableStream } from './tableStream.js';

export interface RunOptions
  extends Required<Omit<StreamPollerOptions, 'projections'>>,
    Pick<RecordProjectionOptions, 'projectors'> {
  readonly tables: readonly EventTable[];
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
      const shift = new Shift(await ShardCheckpoints.load(checkpoints, name), onError);
      onState('running');
      failures = 0;
      if (await workInShift(options, shift, lock, end)) onError(new LostLockError(name));
    } catch (error) {
      onError(error);
    }
    if (!end.signal.aborted) await backOff(Math.max(1, failures), end.signal);
  }
  await lock.release().catch(onError);
};

/** Reads until the end or the shift's; the lock is kept until what is under way is done. @returns whether it was lost. */
const workInShift = async (
  { tables, dynamoDbStreamsClient, pollIntervalMs, ...options }: RunOptions,
  shift: Shift,
  lock: Lock,
  end: AbortController,
): Promise<boolean> => {
  const projecting = { ...options, signal: shift.signal, stop: () => end.abort() };
  const endShift = (): void => shift.end();
  end.signal.addEventListener('abort', endShift);
  if (end.signal.aborted) endShift();
  const isDone = new AbortController();
  const reading = Promise.all(
    tables.map(table =>
      readTable({
        table,
        connect: arn => new TableStream(arn, dynamoDbStreamsClient as DynamoDBStreamsClient),
        shift,
        pollIntervalMs,
        handle: (arn, records) => projectRecords(arn, records, projecting),
      }),
    ),
  ).finally(() => isDone.abort());
  const keeping = lock.keep(isDone.signal, options.onError).finally(endShift);
  const [isLost] = await Promise.all([keeping, reading]);
  end.signal.removeEventListener('abort', endShift);
  return isLost;
};
