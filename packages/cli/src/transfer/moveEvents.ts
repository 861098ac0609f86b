import { setMaxListeners } from 'node:events';

import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { describeErrorInWords, hasCode } from '@castore-dynamodb/commons';

import { type CopyOptions, copyEvents } from './copyEvents.js';
import { EventWriter } from './eventWriter.js';
import { remainderInWords } from './remainder.js';
import type { StoredPlace } from './tableReader.js';
import type { TransferTable } from './transferTable.js';

export interface MoveOptions extends Omit<CopyOptions, 'writer' | 'onProgress'> {
  readonly target: TransferTable;
  /** Of the source: if it is given, what comes meanwhile is moved too, until the signal. */
  readonly dynamoDbStreamsClient: DynamoDBStreamsClient | undefined;
  readonly report: (done: string) => void;
  readonly note: (sentence: string) => void;
}

/**
 * Copies a table and, with a client of its stream, goes on with what comes to it.
 *
 * @throws the reason of the signal, which is the only end of going on
 */
export const moveEvents = async (options: MoveOptions): Promise<EventWriter> => {
  const { target, checkpoint, signal, dynamoDbStreamsClient, report, note } = options;
  const abortion = new AbortController();
  setMaxListeners(0, abortion.signal);
  const stop = (): void => abortion.abort(signal.reason);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const writer = new EventWriter(target, abortion.signal, { redacts: true });
  const onProgress = (): void => report(`${writer.written + writer.present} events are in ${target.tableName}`);
  const copying: CopyOptions = { ...options, writer, signal: abortion.signal, onProgress };
  try {
    if (dynamoDbStreamsClient === undefined) noteRemainder(note, await copyEvents(copying));
    else await copyAndFollow({ ...options, dynamoDbStreamsClient }, copying, abortion);
    if (writer.conflicts.length === 0) await checkpoint?.remove();
    return writer;
  } finally {
    abortion.abort();
    signal.removeEventListener('abort', stop);
  }
};

const noteRemainder = (note: MoveOptions['note'], { remainder }: Awaited<ReturnType<typeof copyEvents>>): void => {
  for (const sentence of remainderInWords(remainder)) note(sentence);
};

/** The stream is read before the table is, so that nothing comes between. */
const copyAndFollow = async (
  { dynamoDbStreamsClient, note }: MoveOptions & { readonly dynamoDbStreamsClient: DynamoDBStreamsClient },
  copying: CopyOptions,
  abortion: AbortController,
): Promise<void> => {
  const { followTable } = await import('./followTable.js');
  const { writer, checkpoint, stored, onProgress } = copying;
  let places: readonly StoredPlace[] = [];
  let resolveCopied = (): void => {};
  const following = await followTable({
    ...copying,
    dynamoDbStreamsClient,
    shards: stored?.shards,
    copied: new Promise<void>(done => (resolveCopied = done)),
    onHandled: async shards => {
      onProgress();
      if (writer.conflicts.length === 0) await checkpoint?.write({ at: Date.now(), places, shards });
    },
    onCaughtUp: () => note(`Caught up: ${writer.written} events written. Ctrl-C ends it.`),
    onError: error => {
      if (isFatal(error)) abortion.abort(error);
      else note(`Tried again: ${describeErrorInWords(error)}`);
    },
  });
  const copied = await copyEvents(copying);
  ({ places } = copied);
  noteRemainder(note, copied);
  resolveCopied();
  await following.ended;
  if (following.removed() > 0) {
    note(
      `${following.removed()} records say that something was deleted at the source. Nothing is deleted at the target: verify names what is left.`,
    );
  }
  abortion.signal.throwIfAborted();
};

/** What another attempt would not help. What the stream has lost cannot be caught up with: the copy has to begin anew. */
const isFatal = (error: unknown): boolean =>
  ['TrimmedStreamError', 'UntransferableEventError', 'ReadBudgetError'].some(code => hasCode(error, code));
