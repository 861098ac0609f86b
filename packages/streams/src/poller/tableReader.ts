import type { EventTable } from '@castore-dynamodb/adapter';

import { tableNameOf } from '../images/streamRecord.js';
import { pauseUntil } from '../pause.js';
import { StreamReader, type StreamReaderOptions } from './streamReader.js';
import { findStream, type TableStream } from './tableStream.js';

/** In polls: whether the table has got another stream. */
const POLLS_BETWEEN_LOOKS = 10;

export interface TableReaderOptions extends Omit<StreamReaderOptions, 'stream' | 'isOld' | 'onEnd'> {
  readonly table: EventTable;
  readonly connect: (streamArn: string) => TableStream;
}

/**
 * Reads the stream of a table until the shift ends. Where it is switched off and on again, which makes another stream of
 * it, both are read: the old one to its end.
 */
export const readTable = async ({ table, connect, ...options }: TableReaderOptions): Promise<void> => {
  const { shift, pollIntervalMs } = options;
  const reading = new Map<string, Promise<void>>();
  let newest: string | undefined;
  let wake = new AbortController();

  const begin = (arn: string): void => {
    if (reading.has(arn)) return;
    const stream = connect(arn);
    const isOld = (): boolean => newest !== undefined && newest !== arn;
    reading.set(arn, new StreamReader({ ...options, stream, isOld, onEnd: () => wake.abort() }).read());
  };
  const isOfTable = (arn: string): boolean => tableNameOf(arn) === tableNameOf(table.tableName);

  for (const arn of shift.checkpoints.streamArns.filter(isOfTable)) begin(arn);
  while (!shift.signal.aborted) {
    wake = new AbortController();
    newest = (await shift.untilItWorks(() => findStream(table, shift.signal))) ?? newest;
    if (newest !== undefined) begin(newest);
    await pauseUntil(pollIntervalMs * POLLS_BETWEEN_LOOKS, shift.signal, wake.signal);
  }
  await Promise.all(reading.values());
};
