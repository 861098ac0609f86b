import { EventStore, type GroupedEvent } from '@castore/core';

import {
  DynamoDbSnapshotStorage,
  everyNEvents,
  type SnapshotError,
  type SnapshotRetention,
  withSnapshots,
} from '../src/index.js';
import { pokemonEvent } from './pokemons.js';
import { describeOnEveryTable, type TestTable } from './support.js';

/** Snapshots in the table of their events: how to open them, and how to fill the table. */
const snapshotsOf = ({ tableName, dynamoDbClient, eventStore }: TestTable) => {
  const errors: SnapshotError[] = [];
  const open = (n: number, retention?: SnapshotRetention, reducerVersion = '1') =>
    withSnapshots(eventStore, {
      storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient, ...(retention && { retention }) }),
      reducerVersion,
      policy: everyNEvents(n),
      onSnapshotError: error => void errors.push(error),
    });
  const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
  const series = (aggregateId: string) => ({ eventStoreId: 'POKEMONS', aggregateId, reducerVersion: '1' });

  /** The fast way, in groups of 100 of one time each: `metadata` makes the events larger. */
  const pushMany = async (
    store: Pick<typeof eventStore, 'groupEvent'>,
    aggregateId: string,
    from: number,
    to: number,
    options: { metadata?: { by: string }; timestampOf?: (first: number) => string } = {},
  ) => {
    for (let first = from; first <= to; first += 100) {
      const count = Math.min(100, to - first + 1);
      const { metadata, timestampOf } = options;
      const group = Array.from({ length: count }, (_, index) => {
        const { timestamp: __, ...event } = pokemonEvent(aggregateId, first + index);
        const timestamp = timestampOf?.(first);
        return store.groupEvent({ ...event, ...(metadata && { metadata }), ...(timestamp && { timestamp }) });
      });
      await EventStore.pushEventGroup({}, ...(group as unknown as [GroupedEvent]));
    }
  };

  const expectReplay = async (
    loaded: { aggregate: unknown; lastEvent: unknown },
    aggregateId: string,
    maxVersion: number,
  ) => {
    const replayed = await eventStore.getAggregate(aggregateId, { maxVersion });
    expect(loaded.aggregate).toStrictEqual(replayed.aggregate);
    expect(loaded.lastEvent).toStrictEqual(replayed.lastEvent);
  };
  return { errors, open, storage, series, pushMany, expectReplay };
};

/** Runs the tests on every engine and layout, each with a table of its own. No test leaves an error that was reported. */
export const describeInEventTable = (
  name: string,
  tests: (context: TestTable & ReturnType<typeof snapshotsOf>) => void,
): void =>
  describeOnEveryTable(name, table => {
    const snapshots = snapshotsOf(table);
    beforeEach(() => void snapshots.errors.splice(0));
    afterEach(() => expect(snapshots.errors).toStrictEqual([]));
    tests({ ...table, ...snapshots });
  });
