import type { StoredEventsOptions } from './storedOptions.js';

/** Where something of the events may still be. */
export interface RemainingCopy {
  readonly kind: 'projection' | 'object' | 'snapshots' | 'stream' | 'backups';
  /** The projection, the object, the table; the event store, if nobody said where to look. */
  readonly name: string;
  /** What to do about it, in a sentence. */
  readonly remedy: string;
}

interface Left {
  readonly eventStoreId: string;
  readonly tableName: string;
  readonly options: StoredEventsOptions;
  /** Objects that events referred to. */
  readonly references: readonly string[];
  /** Objects that snapshots in the event table referred to. */
  readonly snapshotObjects: readonly string[];
  /** Whether somebody said where snapshots are kept. */
  readonly isTold: boolean;
}

/** What this package cannot reach. The streams' 24 hours and the 35 days of backups are DynamoDB's own. */
export const remainingCopies = (left: Left): RemainingCopy[] => {
  const { eventStoreId, tableName, options, references, snapshotObjects, isTold } = left;
  const projections = (options.projections ?? []).filter(
    ({ eventStoreIds }) => eventStoreIds === undefined || eventStoreIds.includes(eventStoreId),
  );
  return [
    ...[...new Set(references)].toSorted().map(name => ({
      kind: 'object' as const,
      name,
      remedy: 'Delete the object, in all of its versions, unless another event has the same content.',
    })),
    ...[...new Set(snapshotObjects)].toSorted().map(name => ({
      kind: 'object' as const,
      name,
      remedy: "Delete the object, in all of its versions, from the bucket of the snapshots' `overflow`.",
    })),
    ...projections.map(({ name }) => ({
      kind: 'projection' as const,
      name,
      remedy: 'Rebuild it: deleteProjection, then replayEvents. A redacted event does not reach it again by itself.',
    })),
    ...(options.projections === undefined
      ? [
          {
            kind: 'projection' as const,
            name: eventStoreId,
            remedy:
              "Pass them as `projections` to have them named. Those of this event store's events have to be rebuilt: deleteProjection, then replayEvents.",
          },
        ]
      : []),
    {
      kind: 'snapshots',
      name: eventStoreId,
      remedy: isTold
        ? 'A process that had loaded an aggregate before may write a snapshot of it for up to 2 minutes: call this again then.'
        : 'Only those in the event table were deleted. Pass other storages as `snapshots`, or the event store that withSnapshots made.',
    },
    {
      kind: 'stream',
      name: tableName,
      remedy:
        "The table's stream keeps the former items for 24 hours. What reads it may keep them too: queues, archives, live clients.",
    },
    {
      kind: 'backups',
      name: tableName,
      remedy:
        'Point-in-time recovery reaches back up to 35 days; backups and exports to S3 stay until you delete them. After a restore, do this again.',
    },
  ];
};
