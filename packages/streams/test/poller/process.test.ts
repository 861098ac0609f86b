import { createEventTable, DynamoDbSingleTableEventStorageAdapter, deleteEventTable } from '@castore-dynamodb/adapter';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { eventually } from '@castore-dynamodb/testing/eventually';

import { createProjectionTable, DynamoDbCheckpointStore, dynamoDbProjection } from '../../src/index.js';
import { newAggregateId, newPokemons } from '../support/eventStores.js';
import { PollerProgram } from '../support/startPollerProcess.js';

describeOnEveryEngine('a poller in a process of its own', engine => {
  const dynamoDbClient = engine.client();
  const tables: string[] = [];
  let program: PollerProgram;

  beforeAll(async () => {
    program = await PollerProgram.bundle();
  });
  afterAll(async () => {
    program.remove();
    for (const tableName of tables) await deleteEventTable(dynamoDbClient, { tableName });
  });

  const prepare = async () => {
    const [eventTable, viewTable] = [uniqueTableName('events'), uniqueTableName('views')];
    await createEventTable(dynamoDbClient, { tableName: eventTable, layout: 'single-table', stream: true });
    await createProjectionTable(dynamoDbClient, { tableName: viewTable });
    tables.push(eventTable, viewTable);
    const pokemons = newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName: eventTable, dynamoDbClient }));
    const view = dynamoDbProjection({
      name: 'names',
      eventStores: [pokemons],
      tableName: viewTable,
      dynamoDbClient,
      initialView: { versions: [] as number[] },
      key: ({ aggregateId }) => aggregateId,
      project: {},
    });
    return {
      start: () => program.start(engine.endpoint, eventTable, viewTable),
      push: async (aggregateId: string, version: number, payload = 'Pika') => {
        await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload, metadata: 1 });
      },
      versionsOf: async (aggregateId: string) => (await view.getView(aggregateId))?.versions ?? [],
      view,
      lock: async () => {
        const checkpoints = new DynamoDbCheckpointStore({ tableName: viewTable, dynamoDbClient });
        const [lock] = await checkpoints.read([{ partition: 'poller', sort: 'lock' }]);
        return lock;
      },
    };
  };
  const upTo = (version: number): number[] => Array.from({ length: version }, (_, index) => index + 1);

  it('is killed while it works, and another one goes on, each event applied once', async () => {
    const { start, push, versionsOf, lock } = await prepare();
    const pikachu = newAggregateId();
    const processes = [start()];
    let version = 0;
    for (const stopAt of [20, 40, 60]) {
      const [current] = processes.slice(-1);
      while (version < stopAt) await push(pikachu, ++version);
      await eventually(async () => expect((await versionsOf(pikachu)).at(-1)).toBeGreaterThan(stopAt - 20));
      for (let more = 0; more < 5; more++) await push(pikachu, ++version);
      await expect(current?.end('SIGKILL')).resolves.toBe('SIGKILL');
      await expect(lock()).resolves.toBeDefined();
      processes.push(start());
    }
    await eventually(async () => expect(await versionsOf(pikachu)).toStrictEqual(upTo(version)));

    await expect(processes.at(-1)?.end('SIGTERM')).resolves.toBe(0);
    expect(processes.at(-1)?.output).toContain('stopped');
    await expect(lock()).resolves.toBeUndefined();
  }, 60_000);

  it('survives events that cannot be handled, and a stop ends it in order', async () => {
    const { start, push, versionsOf, view } = await prepare();
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
    const running = start();
    await push(pikachu, 1);
    await push(pikachu, 2, 'poison');
    await push(pikachu, 3);
    await push(raichu, 1);
    await eventually(async () => {
      expect(await versionsOf(raichu)).toStrictEqual([1]);
      expect(await view.listParked()).toMatchObject([{ aggregateId: pikachu, version: 2 }]);
    });
    await push(raichu, 2);
    await eventually(async () => expect(await versionsOf(raichu)).toStrictEqual([1, 2]));
    expect(await versionsOf(pikachu)).toStrictEqual([1]);
    expect(running.isAlive).toBe(true);
    expect(running.output).toContain('CASTORE_DYNAMODB_PROJECTION_FAILURE');
    expect(running.output).not.toContain('poison');
    await expect(running.end('SIGTERM')).resolves.toBe(0);
  });
});
