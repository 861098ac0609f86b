import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';

import type { Scene, Way } from './scene.js';

/** Snapshots, in whichever table they lie. */
export const snapshotWays = ({ storeOf, unwatched, dynamoDbClient, event, stored, tables }: Scene) => {
  const { snapshotTable } = tables;
  const snapshotsOf = (client: DynamoDBClient, newest?: number) =>
    new DynamoDbSnapshotStorage({
      tableName: snapshotTable,
      dynamoDbClient: client,
      ...(newest !== undefined && { retention: { newest } }),
    });
  const snapshotting = (client: DynamoDBClient, reducerVersion = '1') =>
    withSnapshots(storeOf(client), {
      storage: snapshotsOf(client),
      reducerVersion,
      policy: everyNEvents(2),
      onSnapshotError: error => {
        throw error;
      },
    });
  const withSnapshot = async (): Promise<string> => {
    const aggregateId = await stored(1);
    const store = snapshotting(unwatched);
    await store.pushEvent(event(aggregateId, 2));
    await store.snapshots.settled();
    return aggregateId;
  };

  const aSnapshot = async () => {
    const series = { eventStoreId: 'POKEMONS', aggregateId: await withSnapshot(), reducerVersion: '1' };
    const snapshot = await snapshotsOf(unwatched).getSnapshot(series);
    if (snapshot === undefined) throw new Error('There is no snapshot.');
    return snapshot;
  };

  return {
    readSnapshots: async () => {
      const aggregateId = await withSnapshot();
      return async () => {
        const { snapshot } = await snapshotting(dynamoDbClient).getAggregate(aggregateId);
        expect(snapshot?.version).toBe(2);
      };
    },
    writeSnapshots: async () => {
      const snapshot = await aSnapshot();
      return () => snapshotsOf(dynamoDbClient).putSnapshot(snapshot);
    },
    deleteSnapshots: async () => {
      const [aggregateId, { version, ...snapshot }] = [await withSnapshot(), await aSnapshot()];
      return async () => {
        await snapshotsOf(dynamoDbClient, 1).applyRetention({ ...snapshot, version: version + 1 });
        await snapshotting(dynamoDbClient).snapshots.deleteOf(aggregateId);
      };
    },
    buildSnapshotsByScan: async () => {
      await stored();
      return async () => {
        const store = snapshotting(dynamoDbClient, 'scanned');
        for await (const { failures } of store.snapshots.build({ scan: true })) expect(failures).toBe(0);
      };
    },
    maintainSnapshots: async () => {
      await stored();
      await withSnapshot();
      return async () => {
        const store = snapshotting(dynamoDbClient, '2');
        for await (const _progress of store.snapshots.build());
        for await (const _progress of store.snapshots.deleteOutdated());
      };
    },
  } satisfies Record<string, Way>;
};
