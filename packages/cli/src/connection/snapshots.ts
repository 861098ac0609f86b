import type { EventStore } from '@castore/core';
import { eventTableOf } from '@castore-dynamodb/adapter';
import type { EventStoreWithSnapshots } from '@castore-dynamodb/snapshots';

import { UsageError } from '../errors.js';
import type { Session } from './session.js';

/**
 * An event store of the configuration that `withSnapshots` returned.
 *
 * @throws UsageError
 */
export const configuredSnapshots = async (
  session: Session,
  eventStoreId: string,
): Promise<EventStoreWithSnapshots<EventStore>> => {
  const eventStore = await session.configuredEventStore(eventStoreId);
  if (eventStore !== undefined && 'snapshots' in eventStore) return eventStore;
  throw new UsageError(
    `Snapshots are made by a reducer: castore-dynamodb.config.ts with an event store ${eventStoreId} that withSnapshots returned.`,
  );
};

/**
 * The same, or an event store whose snapshots lie in a table, for whoever only deletes them and needs no reducer.
 *
 * @param tableName that of the snapshots; by default the event table
 */
export const snapshotsInTable = async (
  session: Session,
  eventStoreId: string,
  tableName: string | undefined,
): Promise<EventStoreWithSnapshots<EventStore>> => {
  const eventStore = (await session.configuredEventStore(eventStoreId)) ?? (await session.eventStore(eventStoreId));
  if ('snapshots' in eventStore) return eventStore;
  const table = eventTableOf(eventStore.getEventStorageAdapter());
  if (table === undefined) throw new UsageError(`The event store ${eventStoreId} is not in a DynamoDB table.`);
  const { DynamoDbSnapshotStorage, withSnapshots } = await import('@castore-dynamodb/snapshots');
  const storage = new DynamoDbSnapshotStorage({
    tableName: tableName ?? table.tableName,
    dynamoDbClient: table.dynamoDbClient,
  });
  return withSnapshots(eventStore, { storage, reducerVersion: 'none' });
};
