import { Command, EventStore, tuple } from '@castore/core';

import {
  type FileAggregate,
  type FileChangePayload,
  type FileEvent,
  type FileEventStore,
  reduceFile,
} from './fileEventStore.js';
import type { Commit, FileChange } from './git/readHistory.js';

/** DynamoDB's limit for a transaction, and so for an event group. */
export const MAX_CHANGES_OF_A_GROUP = 100;

export interface RecordChangesInput {
  commit: Omit<Commit, 'changes'>;
  /** At most 100, each of another file. */
  changes: FileChange[];
}

/**
 * Writes changes of one commit as one event group: all of them or none.
 *
 * A command usually loads its aggregates before it decides. This one is handed the files as they were after the
 * last event of each (`files`), which its only caller knows, since the store was empty and nobody else writes.
 * That costs no read at all; were it wrong, the event's version would be taken, and the store would refuse the group.
 */
export const createRecordChanges = (fileEventStore: FileEventStore, withMessages = false) =>
  new Command({
    commandId: 'RECORD_CHANGES',
    requiredEventStores: tuple(fileEventStore),
    // Somebody else's event in between is no reason to try again: this is the only writer.
    eventAlreadyExistsRetries: 0,
    handler: async (
      { commit, changes }: RecordChangesInput,
      [store]: [FileEventStore],
      files: Map<string, FileAggregate>,
    ): Promise<void> => {
      const events = changes.map(change =>
        nextEvent(files.get(change.aggregateId), withMessages ? commit : { ...commit, message: undefined }, change),
      );
      const [first, ...others] = events.map(event => store.groupEvent(event));
      if (first === undefined) return;

      await EventStore.pushEventGroup({}, first, ...others);
      for (const event of events) files.set(event.aggregateId, reduceFile(files.get(event.aggregateId), event));
    },
  });

const TYPES = { added: 'FILE_ADDED', changed: 'FILE_CHANGED', deleted: 'FILE_DELETED' } as const;

type EventCommit = Omit<Commit, 'changes' | 'message'> & { message: string | undefined };

const nextEvent = (file: FileAggregate | undefined, commit: EventCommit, change: FileChange): FileEvent => {
  const { kind, aggregateId, linesAdded, linesRemoved } = change;
  if ((file?.exists ?? false) === (kind === 'added')) {
    throw new Error(
      `Commit ${commit.id} has ${aggregateId} ${kind}, which ${file?.exists ? 'is there already' : 'is not there'}.`,
    );
  }
  const { id, author, message } = commit;
  const payload: FileChangePayload = {
    commit: id,
    author,
    linesAdded,
    linesRemoved,
    ...(message !== undefined && { message }),
  };

  return { aggregateId, version: (file?.version ?? 0) + 1, type: TYPES[kind], timestamp: commit.timestamp, payload };
};
