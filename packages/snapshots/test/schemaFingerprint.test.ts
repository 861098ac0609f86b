import {
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  defineTransformation,
} from '@castore-dynamodb/adapter';

import { DynamoDbSnapshotStorage, withSnapshots } from '../src/index.js';
import { newAggregateId, newPokemons, pushAndSettle } from './pokemons.js';
import { describeOnEveryTable } from './support.js';

describeOnEveryTable('an event store whose events get another shape', ({ layout, tableName, dynamoDbClient }) => {
  const Adapter = layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;

  /** Levels count this many times as much from the shape that the fingerprint names on. */
  const open = (fingerprint: string, factor = 1) => {
    const evolution = defineTransformation({
      name: 'evolution',
      parse: event => event,
      schemaVersionOf: () => 1,
      upcast: event => {
        const { by } = event.payload as { by?: number };
        return by === undefined ? event : { ...event, payload: { by: by * factor } };
      },
      fingerprint: () => fingerprint,
    });
    const adapter = new Adapter({ tableName, dynamoDbClient, transformations: [evolution] });
    return withSnapshots(newPokemons(adapter), {
      storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
      reducerVersion: '1',
      policy: ({ version }) => version % 3 === 0,
      onSnapshotError: error => expect(error).toBeUndefined(),
    });
  };

  it('has no use for snapshots from before, and goes on with its own', async () => {
    const aggregateId = newAggregateId();
    const [before, after] = [open(''), open('doubled', 2)];
    await pushAndSettle(before, aggregateId, 1, 3);
    await expect(before.getExistingAggregate(aggregateId)).resolves.toMatchObject({
      aggregate: { level: 1 + 2 + 3 },
      snapshot: { version: 3, reducerVersion: '1' },
    });

    const { aggregate, snapshot } = await after.getExistingAggregate(aggregateId);
    expect(aggregate).toMatchObject({ level: 1 + 4 + 6 });
    expect(snapshot).toBeUndefined();
    await after.snapshots.settled();
    await expect(after.getExistingAggregate(aggregateId)).resolves.toMatchObject({
      aggregate: { level: 1 + 4 + 6 },
      snapshot: { version: 3, reducerVersion: '1' },
    });

    // Old code, which may still run, has its own.
    await expect(before.getExistingAggregate(aggregateId)).resolves.toMatchObject({ snapshot: { version: 3 } });
    for await (const { failures } of after.snapshots.deleteOutdated()) expect(failures).toBe(0);
    await expect(before.getExistingAggregate(aggregateId)).resolves.toMatchObject({ snapshot: undefined });
    await expect(after.getExistingAggregate(aggregateId)).resolves.toMatchObject({ snapshot: { version: 3 } });
    await before.snapshots.settled();
  });
});
