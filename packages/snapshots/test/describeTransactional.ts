import { EventStore, type GroupedEvent } from '@castore/core';

import {
  DynamoDbSnapshotStorage,
  type SnapshotError,
  type SnapshotPolicy,
  type SnapshotRetention,
  withSnapshots,
} from '../src/index.js';
import type { PokemonEvent, Pokemons } from './pokemons.js';
import { describeOnEveryTable, type TestTable } from './support.js';

export const withoutTimestamp = (event: PokemonEvent) => {
  const { timestamp: __, ...rest } = event;
  return rest;
};

const helpersOf = (eventStore: Pokemons, { tableName, dynamoDbClient }: TestTable, errors: SnapshotError[]) => {
  const open = (policy: SnapshotPolicy, retention?: SnapshotRetention) =>
    withSnapshots(eventStore, {
      storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient, ...(retention && { retention }) }),
      transactional: true,
      reducerVersion: '1',
      policy,
      onSnapshotError: error => void errors.push(error),
    });
  const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
  return {
    open,
    versionOf: async (aggregateId: string, maxVersion?: number) => {
      const series = { eventStoreId: 'POKEMONS', aggregateId, reducerVersion: '1' };
      return (await storage.getSnapshot(series, maxVersion))?.version;
    },
    pushGroup: (...group: GroupedEvent[]) => EventStore.pushEventGroup({}, ...(group as [GroupedEvent])),
    /** From what is stored, at every version. */
    expectReplay: async (pokemons: ReturnType<typeof open>, aggregateId: string, lastVersion: number) => {
      for (let maxVersion = 1; maxVersion <= lastVersion; maxVersion++) {
        const { aggregate } = await pokemons.getAggregate(aggregateId, { maxVersion });
        expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId, { maxVersion })).aggregate);
      }
    },
  };
};

export type TransactionalSnapshots = TestTable &
  ReturnType<typeof helpersOf> & {
    /** What was reported: a test takes out what it expects, and there may be nothing else. */
    errors: SnapshotError[];
  };

/** Runs the tests on every engine and layout, with snapshots in the transactions of their events. */
export const describeTransactional = (
  name: string,
  tests: (context: TransactionalSnapshots) => void,
  options?: Parameters<typeof describeOnEveryTable>[2],
): void =>
  describeOnEveryTable(
    name,
    table => {
      const errors: SnapshotError[] = [];
      beforeEach(() => void errors.splice(0));
      afterEach(() => expect(errors).toStrictEqual([]));
      tests({ ...table, ...helpersOf(table.eventStore, table, errors), errors });
    },
    options,
  );
