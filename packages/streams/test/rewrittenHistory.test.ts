import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';

import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  dynamoDbProjection,
  projection,
  replayEvents,
  type StreamRecord,
} from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { useProjectionTable } from './support/projectionTable.js';
import { recordOf } from './support/recordOf.js';

describeOnEveryLayout('History that was rewritten', context => {
  const { layout, pokemons, tableNames, dynamoDbClient, requests } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  let projections = 0;

  const newProjections = (name = `rewritten-${++projections}`) => {
    const handled: unknown[] = [];
    const log = projection({
      name: `${name}-log`,
      eventStores: [pokemons],
      checkpoints: new DynamoDbCheckpointStore({ tableName, dynamoDbClient }),
      on: { POKEMON_NAMED: ({ payload }) => void handled.push(payload) },
    });
    const view = dynamoDbProjection({
      name: `${name}-view`,
      eventStores: [pokemons],
      tableName,
      dynamoDbClient,
      initialView: { names: [] as unknown[] },
      key: event => event.aggregateId,
      project: { POKEMON_NAMED: ({ names }, { payload }) => ({ names: [...names, payload] }) },
    });
    const handler = createStreamHandler({ projections: [log, view], onFailure: () => {} });
    return { log, view, handled, handle: (...records: StreamRecord[]) => handler({ Records: records }) };
  };

  const push = async (aggregateId: string, version: number, payload: string, force = false): Promise<StreamRecord> => {
    await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload }, { force });
    return recordOf(context, aggregateId, version);
  };

  /** As a restore from a backup leaves them out. */
  const forget = async (id: string, ...versions: number[]): Promise<void> => {
    const aggregateId = { S: layout === 'single-table' ? `POKEMONS#${id}` : id };
    for (const version of versions) {
      const Key = { aggregateId, version: { N: String(version) } };
      await dynamoDbClient.send(new DeleteItemCommand({ TableName: tableNames.pokemons, Key }));
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  };

  it('is noticed after a restore, and parks the aggregate; a replay under another name leads to the right view', async () => {
    const id = newAggregateId();
    const records = [await push(id, 1, 'a'), await push(id, 2, 'b'), await push(id, 3, 'c')];
    const { log, view, handled, handle } = newProjections();
    await handle(...records);
    await forget(id, 2, 3);
    const again = await push(id, 2, 'B');

    await expect(handle(again)).resolves.toStrictEqual({ batchItemFailures: [] });
    for (const one of [log, view]) {
      await expect(one.listParked()).resolves.toMatchObject([
        { aggregateId: id, version: 2, error: { name: 'RewrittenHistoryError' }, attempts: 1 },
      ]);
    }
    await expect(view.getView(id)).resolves.toStrictEqual({ names: ['a', 'b', 'c'] });

    const fresh = newProjections();
    await replayEvents({ projections: [fresh.view] });
    await expect(fresh.view.getView(id)).resolves.toStrictEqual({ names: ['a', 'B'] });
    await fresh.handle(await push(id, 3, 'C'));
    await expect(fresh.view.getView(id)).resolves.toStrictEqual({ names: ['a', 'B', 'C'] });

    // A projection with effects beyond the table goes on with the new events.
    await expect(log.retryParked({ eventStoreId: 'POKEMONS', aggregateId: id })).resolves.toBe('done');
    expect(handled).toStrictEqual(['a', 'b', 'c', 'B', 'C']);
    await handle(await push(id, 4, 'D'));
    expect(handled.at(-1)).toBe('D');
  });

  it('is noticed late, if the first new event did not come, and by a replay', async () => {
    const id = newAggregateId();
    const names = Array.from({ length: 20 }, (_, index) => `${index + 1}`);
    const records: StreamRecord[] = [];
    for (const [index, name] of names.entries()) records.push(await push(id, index + 1, name));
    const { log, view, handle } = newProjections();
    await handle(...records);
    await forget(id, 19, 20);
    await push(id, 19, 'new 19');
    const last = await push(id, 20, 'new 20');
    await handle(last);
    await expect(view.listParked()).resolves.toMatchObject([{ version: 20 }]);
    await expect(log.retryParked({ eventStoreId: 'POKEMONS', aggregateId: id }, { skip: true })).resolves.toBe('done');

    const replayed = newProjections();
    await replayed.handle(...records.slice(0, 18));
    await forget(id, 18);
    await push(id, 18, 'new 18');
    await replayEvents({ projections: [replayed.view], onFailure: () => {} });
    await expect(replayed.view.listParked()).resolves.toMatchObject([
      { version: 18, error: { name: 'RewrittenHistoryError' } },
    ]);
  });

  it('is noticed after a push with force, and if an aggregate is begun anew', async () => {
    const [forced, anew] = [newAggregateId(), newAggregateId()];
    const { view, handle } = newProjections();
    await handle(await push(forced, 1, 'a'), await push(anew, 1, 'a'));
    await forget(anew, 1);
    await handle(await push(forced, 1, 'A', true), await push(anew, 1, 'A'));
    const parked = await view.listParked();
    expect(parked.map(({ aggregateId }) => aggregateId).toSorted()).toStrictEqual([forced, anew].toSorted());
  });

  it('is not seen in what comes again, which costs no request more than before', async () => {
    const id = newAggregateId();
    const records = [await push(id, 1, 'a'), await push(id, 2, 'b'), await push(id, 3, 'c')];
    const { log, view, handled, handle } = newProjections();
    await handle(...records);
    requests.splice(0);
    await handle(...records.slice(0, 2));
    expect(requests.map(({ operation, units }) => [operation, units])).toStrictEqual([
      ['BatchGetItem', 1],
      ['BatchGetItem', 1],
    ]);
    expect(handled).toStrictEqual(['a', 'b', 'c']);
    for (const one of [log, view]) await expect(one.listParked()).resolves.toStrictEqual([]);
  });

  it('is not seen in an old record, if the table has the event that was handled', async () => {
    const id = newAggregateId();
    const old = await push(id, 1, 'a');
    await forget(id, 1);
    const { view, handled, handle } = newProjections();
    await handle(await push(id, 1, 'A'));
    await handle(old);
    expect(handled).toStrictEqual(['A']);
    await expect(view.listParked()).resolves.toStrictEqual([]);
  });
});
