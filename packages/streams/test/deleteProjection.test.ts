import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { startFaultProxy } from '@castore-dynamodb/testing/faultProxy';

import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  deleteProjection,
  dynamoDbProjection,
  replayEvents,
} from '../src/index.js';
import { crashAt } from './support/crash.js';
import { useDeadlinesOfTheSilent } from './support/deadlinesOfTheSilent.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { useProjectionTable } from './support/projectionTable.js';
import { recordOf } from './support/recordOf.js';

const AGGREGATES = 60;

/** Items of somebody else, whose keys look like a projection's. */
const APPLICATIONS_OWN = [
  ['old#', 'settings'],
  ['old#POKEMONS#pikachu-1', 'settings'],
  ['old#mine', 'view'],
  ['old#mine', 'position'],
  ['old', 'parked#1'],
] as const;

describeOnEveryLayout('deleteProjection', context => {
  const { engine, pokemons, dynamoDbClient, requests } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  useDeadlinesOfTheSilent();

  const newView = (name: string) =>
    dynamoDbProjection({
      name,
      eventStores: [pokemons],
      tableName,
      dynamoDbClient,
      key: ({ aggregateId }) => aggregateId,
      project: {
        POKEMON_CAUGHT: (_, { version }) => ({ version }),
        POKEMON_TRADED: () => {
          throw new RangeError('broken');
        },
      },
    });

  /** Views, positions, a parked aggregate and an interrupted replay of each. */
  const fill = async (names: string[]): Promise<void> => {
    for (const name of names) {
      const views = newView(name);
      await replayEvents({ projections: [views], onFailure: () => 'park', maxAttempts: 1 });
      const stop = new AbortController();
      const onProgress = (): void => stop.abort(new Error('stop'));
      const interrupted = replayEvents({ projections: [views], onProgress, signal: stop.signal, segments: 1 });
      await expect(interrupted).rejects.toThrow('stop');
    }
  };
  const keys = async (): Promise<string[]> => {
    const { Items: items = [] } = await dynamoDbClient.send(new ScanCommand({ TableName: tableName }));
    requests.splice(0);
    return items.map(({ pk, sk }) => `${pk?.S} / ${sk?.S}`).toSorted();
  };

  beforeAll(async () => {
    const trade = { type: 'POKEMON_TRADED' as const, payload: { from: 'ash', to: 'misty' } };
    for (let index = 0; index < AGGREGATES; index++) {
      const aggregateId = `pikachu-${index}`;
      await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_CAUGHT', payload: { trainerId: 'ash' } });
    }
    await pokemons.pushEvent({ aggregateId: 'pikachu-0', version: 2, ...trade });
    // A poller may have the same name as a projection.
    const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });
    await checkpoints.write({ partition: 'old', sort: 'lock' }, '{}', undefined);
    await checkpoints.write({ partition: 'old', sort: 'shard#1' }, '{}', undefined);
  });

  it('deletes all that the projection has left, and nothing else', async () => {
    await fill(['other', 'ol', 'old-2']);
    for (const [pk, sk] of APPLICATIONS_OWN) {
      const Item = { pk: { S: pk }, sk: { S: sk }, value: { S: 'of the application' } };
      await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item }));
    }
    const others = await keys();
    await fill(['old']);
    const all = await keys();
    expect(all.filter(key => key.startsWith('old / ')).map(key => key.split('#')[0])).toStrictEqual([
      'old / lock',
      'old / parked',
      'old / parked',
      'old / replay',
      'old / shard',
    ]);

    const { deletedItems } = await deleteProjection({ name: 'old', tableName, dynamoDbClient });
    // Views, positions, the parked aggregate and the replay.
    expect(deletedItems).toBe(2 * AGGREGATES + 2);
    const operations = requests.map(({ operation }) => operation);
    expect(operations).toStrictEqual(['Scan', ...Array.from({ length: 5 }, () => 'BatchWriteItem')]);
    await expect(keys()).resolves.toStrictEqual(others);

    // The name is free: it begins anew, without a trace.
    const view = newView('old');
    const record = await recordOf(context, 'pikachu-1', 1);
    await createStreamHandler({ projections: [view] })({ Records: [record] });
    await expect(view.getView('pikachu-1')).resolves.toStrictEqual({ version: 1 });
    await expect(deleteProjection({ name: 'old', tableName, dynamoDbClient })).resolves.toStrictEqual({
      deletedItems: 2,
    });
    await expect(deleteProjection({ name: 'old', tableName, dynamoDbClient })).resolves.toStrictEqual({
      deletedItems: 0,
    });
  });

  it('goes on where it was interrupted', async () => {
    await fill(['dying']);
    const client = engine.client();
    crashAt(client, { request: 3, isSent: true });
    await expect(deleteProjection({ name: 'dying', tableName, dynamoDbClient: client })).rejects.toThrow('died');
    await expect(deleteProjection({ name: 'dying', tableName, dynamoDbClient })).resolves.toStrictEqual({
      deletedItems: 2 * AGGREGATES + 2 - 50,
    });
    expect((await keys()).filter(key => key.startsWith('dying'))).toStrictEqual([]);
  });

  it('ends a request that gets no answer, takes no empty one for the end, and goes on when it is called again', async () => {
    await fill(['slow']);
    await using proxy = await startFaultProxy(engine.endpoint);
    const client = engine.client({ endpoint: proxy.endpoint });
    for (const operation of ['Scan', 'BatchWriteItem']) {
      let left = 1;
      proxy.choose = request => (request.operation === operation && left-- > 0 ? 'no answer before' : undefined);
      const options = { name: 'slow', tableName, dynamoDbClient: client };
      await expect(deleteProjection(options)).rejects.toMatchObject({ code: 'DeadlineExceededError' });
    }
    let left = 1;
    proxy.choose = ({ operation }) => (operation === 'Scan' && left-- > 0 ? 'empty answer' : undefined);
    await expect(deleteProjection({ name: 'slow', tableName, dynamoDbClient: client })).resolves.toStrictEqual({
      deletedItems: 2 * AGGREGATES + 2,
    });
    client.destroy();
  });

  it('ends with the reason of its signal', async () => {
    const reason = new Error('enough');
    const aborted = deleteProjection({ name: 'x', tableName, dynamoDbClient, signal: AbortSignal.abort(reason) });
    await expect(aborted).rejects.toBe(reason);
  });
});
