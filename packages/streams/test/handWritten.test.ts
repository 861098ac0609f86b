import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';

import {
  type CheckpointStore,
  createStreamHandler,
  InMemoryCheckpointStore,
  type Projection,
  type ProjectionFailure,
} from '../src/index.js';
import { describeOnOneLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { useLogs } from './support/logs.js';
import { useTrainerViews } from './support/trainerViews.js';

describeOnOneLayout('What somebody wrote by hand to the table of projections', context => {
  const { dynamoDbClient } = context;
  const { push, newLog, versions, tableName: logTable } = useLogs(context);
  const { tableName, newView, catchPokemon, recordsOf } = useTrainerViews(context);

  const put = async (TableName: string, pk: string, sk: string, members: Record<string, AttributeValue>) => {
    await dynamoDbClient.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, sk: { S: sk }, ...members } }));
  };
  const putPosition = async (TableName: string, { name }: Projection, aggregateId: string, value: string) =>
    put(TableName, `${name}#POKEMONS#${aggregateId}`, 'position', { value: { S: value } });

  it('is a position as good as any: each event after it is handled once', async () => {
    const aggregateId = newAggregateId();
    const records = await push(aggregateId, 3);
    const log = newLog();
    await putPosition(logTable, log, aggregateId, '{"version":1}');
    const handler = createStreamHandler({ projections: [log] });
    await expect(handler(records)).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(log.handled).toStrictEqual(versions(aggregateId, 2, 3));
  });

  it('is the position of a parked aggregate, which can be retried', async () => {
    const aggregateId = newAggregateId();
    await push(aggregateId, 2);
    const log = newLog();
    await putPosition(logTable, log, aggregateId, '{"version":1,"parked":true}');
    await expect(log.retryParked({ eventStoreId: 'POKEMONS', aggregateId })).resolves.toBe('done');
    expect(log.handled).toStrictEqual(versions(aggregateId, 2));
  });

  it('is a view, and goes on from there', async () => {
    const [ash, pikachu] = [newAggregateId(), newAggregateId()];
    await catchPokemon(pikachu, ash);
    const view = newView();
    await put(tableName, `${view.name}#${ash}`, 'view', { name: { S: 'ASH' }, log: { L: [] } });
    const handler = createStreamHandler({ projections: [view], maxAttempts: 1 });
    await expect(handler(await recordsOf(pikachu))).resolves.toStrictEqual({ batchItemFailures: [] });
    await expect(view.getView(ash)).resolves.toStrictEqual({ name: 'ASH', log: [`CAUGHT ${pikachu} 1`] });
  });

  it.each(['{}', '{"version":"2"}', '{"version":1,"recent":7}', '{"version":1,"parked":"no"}', 'null', ''])(
    'is no position (%s), and keeps no other aggregate back',
    async value => {
      const [bad, good] = [newAggregateId(), newAggregateId()];
      const records = [...(await push(bad, 1)), ...(await push(good, 1))];
      const view = newView();
      const log = newLog();
      await putPosition(logTable, log, bad, value);
      await putPosition(tableName, view, bad, value);
      const failures: ProjectionFailure[] = [];
      const onFailure = (failure: ProjectionFailure) => void failures.push(failure);
      const handler = createStreamHandler({ projections: [log, view], maxAttempts: 1, onFailure });
      const { batchItemFailures } = await handler(records);
      expect(batchItemFailures).toStrictEqual([{ itemIdentifier: records[0]?.dynamodb?.SequenceNumber }]);
      const byProjection = failures.toSorted((left, right) => (left.projection < right.projection ? -1 : 1));
      expect(byProjection).toMatchObject(
        [log, view].map(({ name: projection }) => ({
          kind: 'passing',
          error: { code: 'UnreadablePositionError', projection, eventStoreId: 'POKEMONS', aggregateId: bad },
        })),
      );
      expect(log.handled).toStrictEqual(versions(good, 1));
    },
  );

  it('is a store that refuses every write: an event comes as often as it is tried, and no more', async () => {
    const aggregateId = newAggregateId();
    const records = await push(aggregateId, 1);
    const memory = new InMemoryCheckpointStore();
    const store: CheckpointStore = {
      read: keys => memory.read(keys),
      write: async () => undefined,
      remove: async () => {},
      list: (partition, prefix) => memory.list(partition, prefix),
    };
    const log = newLog({ store });
    const handler = createStreamHandler({ projections: [log], maxAttempts: 2, onFailure: () => {} });
    const { batchItemFailures } = await handler(records, { getRemainingTimeInMillis: () => 5_000 });
    expect(batchItemFailures).toHaveLength(1);
    expect(log.handled).toStrictEqual(versions(aggregateId, 1, 1));
  });
});
