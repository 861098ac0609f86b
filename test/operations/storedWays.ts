import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { deleteAggregate, deleteEventStore, eraseAggregate, redactEvent } from '@castore-dynamodb/events';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';

import type { Scene, Way } from './scene.js';

/** What is done to events that are stored. */
export const storedWays = ({ storeOf, unwatched, dynamoDbClient, stored, tables }: Scene) => {
  const snapshotting = (client: DynamoDBClient) =>
    withSnapshots(storeOf(client), {
      storage: new DynamoDbSnapshotStorage({ tableName: tables.snapshotTable, dynamoDbClient: client }),
      reducerVersion: '1',
      policy: everyNEvents(1),
    });
  const eventStore = snapshotting(dynamoDbClient);
  const withSnapshot = async (): Promise<string> => {
    const aggregateId = await stored();
    for await (const _progress of snapshotting(unwatched).snapshots.build());
    return aggregateId;
  };

  return {
    redactEvents: async () => {
      const aggregateId = await withSnapshot();
      const redact = () => ({ payload: { name: 'redacted' } });
      return async () => {
        const options = { aggregateId, version: 1, reason: 'ticket 4711', redact };
        await expect(redactEvent(eventStore, options)).resolves.toMatchObject({ events: 1, snapshots: 1 });
        await expect(eraseAggregate(eventStore, aggregateId, { reason: 'ticket 4712' })).resolves.toMatchObject({
          events: 1,
        });
      };
    },
    deleteAggregate: async () => {
      const aggregateId = await withSnapshot();
      return () => expect(deleteAggregate(eventStore, aggregateId)).resolves.toMatchObject({ events: 3, snapshots: 1 });
    },
    deleteEventStore: async () => {
      await withSnapshot();
      return async () => {
        for await (const _progress of deleteEventStore(eventStore, { confirm: 'POKEMONS' }));
      };
    },
  } satisfies Record<string, Way>;
};
