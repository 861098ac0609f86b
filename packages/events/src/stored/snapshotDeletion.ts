import { type AttributeValue, DeleteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { EventStore } from '@castore/core';
import { EVENT_TABLE_PK, EVENT_TABLE_SK, type EventTable } from '@castore-dynamodb/adapter';
import {
  FIRST_SNAPSHOT_SORT_KEY,
  mapConcurrently,
  memberOf,
  request,
  snapshotPartitionKey,
  withDeadline,
} from '@castore-dynamodb/commons';

import type { Meter } from './meter.js';
import type { DeletesSnapshots } from './storedOptions.js';

type Item = Record<string, AttributeValue>;

/** Deletes all snapshots of an aggregate; how many there were. */
export type DeleteSnapshotsOf = (aggregateId: string) => Promise<number>;

export interface SnapshotDeletion {
  readonly deleteOf: DeleteSnapshotsOf;
  /** Whether somebody said where snapshots are kept. */
  readonly isTold: boolean;
  /** The objects in S3 that snapshots in the event table referred to, by their keys. */
  readonly objects: string[];
}

const DEADLINE_MS = 60_000;
const AT_A_TIME = 10;

/**
 * Snapshots hold what the events held. They are deleted where the event store keeps them if `withSnapshots` made it, in the
 * given storages, or else in the event table itself.
 */
export const snapshotDeletionOf = (
  eventStore: Pick<EventStore, 'eventStoreId'>,
  table: EventTable,
  given: DeletesSnapshots | readonly DeletesSnapshots[] | undefined,
  meter: Meter,
): SnapshotDeletion => {
  const { eventStoreId } = eventStore;
  const storages = [given ?? []].flat();
  const own = snapshotsOf(eventStore);
  const objects: string[] = [];
  const deletions: DeleteSnapshotsOf[] = [
    ...(own === undefined ? [] : [own]),
    ...storages.map(storage => (aggregateId: string) => storage.deleteSnapshots({ eventStoreId, aggregateId })),
  ];
  const isTold = deletions.length > 0;
  const inTable: DeleteSnapshotsOf = aggregateId =>
    deleteInTable(table, snapshotPartitionKey(eventStoreId, aggregateId), meter, objects);
  return {
    isTold,
    objects,
    deleteOf: async aggregateId => {
      let count = 0;
      if (!isTold) return inTable(aggregateId);
      for (const each of deletions) {
        count += await withDeadline({ operation: 'deleteSnapshots', milliseconds: DEADLINE_MS }, () =>
          each(aggregateId),
        );
      }
      return count;
    },
  };
};

/** An event store of `withSnapshots`, also within a ConnectedEventStore, has a way to delete its snapshots. */
const snapshotsOf = (eventStore: object): DeleteSnapshotsOf | undefined => {
  const snapshots = memberOf(eventStore, 'snapshots') ?? memberOf(memberOf(eventStore, 'eventStore'), 'snapshots');
  if (typeof memberOf(snapshots, 'deleteOf') !== 'function') return undefined;
  return aggregateId => (snapshots as { deleteOf: DeleteSnapshotsOf }).deleteOf(aggregateId);
};

const NAMES = { '#pk': EVENT_TABLE_PK, '#sk': EVENT_TABLE_SK };

/** What `@castore-dynamodb/snapshots` calls the key of the S3 object that an item's state is in. */
const STATE_OBJECT = 'stateObject';

/** Deletes the snapshots in a partition of an event table. Items below them, which are events, stay. */
export const deleteInTable = async (
  { tableName, dynamoDbClient }: EventTable,
  partitionKey: string,
  meter: Meter,
  objects: string[],
): Promise<number> => {
  const bounds = { tableName, deadlineMs: DEADLINE_MS };
  let count = 0;
  let startKey: Item | undefined;
  do {
    const page = await meter.read(async Limit => {
      const query = new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: '#pk = :pk AND #sk > :from',
        ExpressionAttributeNames: NAMES,
        ExpressionAttributeValues: { ':pk': { S: partitionKey }, ':from': { N: FIRST_SNAPSHOT_SORT_KEY } },
        ProjectionExpression: `#pk, #sk, ${STATE_OBJECT}`,
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
        ...(startKey && { ExclusiveStartKey: startKey }),
        ...(Limit !== undefined && { Limit }),
      });
      const { Items, ConsumedCapacity, LastEvaluatedKey } = await request(
        { operation: 'Query', requires: 'Items', ...bounds },
        abortSignal => dynamoDbClient.send(query, { abortSignal }),
      );
      const items = Items ?? [];
      return { items, count: items.length, readUnits: ConsumedCapacity?.CapacityUnits ?? 0, nextKey: LastEvaluatedKey };
    });
    await mapConcurrently(page.items, AT_A_TIME, async ({ [STATE_OBJECT]: stateObject, ...Key }) => {
      const command = new DeleteItemCommand({ TableName: tableName, Key, ReturnConsumedCapacity: 'TOTAL' });
      await meter.write(1, async () => {
        const { ConsumedCapacity } = await request(
          { operation: 'DeleteItem', requires: 'ConsumedCapacity', ...bounds },
          abortSignal => dynamoDbClient.send(command, { abortSignal }),
        );
        return { writeUnits: ConsumedCapacity?.CapacityUnits ?? 0 };
      });
      if (stateObject?.S !== undefined) objects.push(stateObject.S);
    });
    count += page.items.length;
    startKey = page.nextKey;
  } while (startKey !== undefined);
  return count;
};
