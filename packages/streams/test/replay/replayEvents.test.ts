import { PutItemCommand } from '@aws-sdk/client-dynamodb';

import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  InMemoryCheckpointStore,
  projection,
  replayEvents,
} from '../../src/index.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { newAggregateId } from '../support/eventStores.js';
import { recordOf } from '../support/recordOf.js';
import { newName, useReplays } from '../support/replays.js';

describeOnEveryLayout('replayEvents', context => {
  const { engine, layout, pokemons, trainers, tableNames, dynamoDbClient, requests } = context;
  const { tableName, count, newView, newMailer, catchPokemon, namePokemon, create, catchMany } = useReplays(context);
  const tableCount = layout === 'single-table' ? 1 : 2;

  it('brings a view up to all that is stored, in version order and once, however often it runs', async () => {
    const [ash, pikachu] = [newAggregateId(), newAggregateId()];
    await create(ash);
    await catchMany(pikachu, 1, 150);
    const view = newView();

    const first = await replayEvents({ projections: [view] });
    expect(first).toStrictEqual({
      startedAt: expect.stringMatching(/^2\d{3}-.*Z$/),
      events: 151,
      items: 151,
      readUnits: expect.any(Number),
      segments: 4 * tableCount,
      segmentsDone: 4 * tableCount,
      share: 1,
    });
    await expect(view.getView(ash)).resolves.toStrictEqual({ log: ['TRAINER_CREATED 1'] });
    const log = Array.from({ length: 150 }, (_, index) => `POKEMON_CAUGHT ${index + 1}`);
    await expect(view.getView(pikachu)).resolves.toStrictEqual({ log });

    requests.splice(0);
    await expect(replayEvents({ projections: [view] })).resolves.toMatchObject({ events: 151 });
    expect(count('TransactWriteItems')).toBe(0);
    await expect(view.getView(pikachu)).resolves.toStrictEqual({ log });
  });

  it('hands the events of each aggregate to handlers in version order, and tells them that it is a replay', async () => {
    const ids = Array.from({ length: 5 }, newAggregateId);
    for (const version of [1, 2, 3]) for (const id of ids) await catchPokemon(id, version);
    const handled: string[] = [];
    await replayEvents({ projections: [newMailer(handled)], segments: 2 });
    for (const id of ids) {
      expect(handled.filter(line => line.startsWith(`${id} `))).toStrictEqual([`${id} 1`, `${id} 2`, `${id} 3`]);
    }
  });

  it('reads the tables once for any number of projections', async () => {
    await replayEvents({ projections: [newView(), newView(), newMailer([])], segments: 3 });
    expect(count('Scan')).toBe(3 * tableCount);
  });

  it('reads what no scan can hand on exactly through the event store', async () => {
    const pikachu = newAggregateId();
    const payload = JSON.parse('{"__proto__":{"trainerId":"ash"},"trainerId":"misty"}') as { trainerId: string };
    await pokemons.pushEvent({ aggregateId: pikachu, version: 1, type: 'POKEMON_CAUGHT', payload });
    const seen: string[] = [];
    const view = projection({
      name: newName(),
      eventStores: [pokemons],
      checkpoints: new InMemoryCheckpointStore(),
      on: {
        POKEMON_CAUGHT: event => {
          if (event.aggregateId === pikachu) seen.push(JSON.stringify(event.payload));
        },
      },
    });
    await replayEvents({ projections: [view] });
    expect(seen.map(text => JSON.parse(text) as unknown)).toHaveLength(1);
    expect(seen[0]).toContain('"__proto__":{"trainerId":"ash"}');
  });

  describe('filters', () => {
    const [old, recent, both] = [newAggregateId(), newAggregateId(), newAggregateId()];
    beforeAll(async () => {
      await catchPokemon(old, 1, '2001-01-01T00:00:00.000Z');
      await catchPokemon(both, 1, '2001-01-01T00:00:00.000Z');
      await namePokemon(both, 2, '2002-01-01T00:00:00.000Z');
      await catchPokemon(both, 3, '2003-01-01T00:00:00.000Z');
      await namePokemon(recent, 1, '2002-01-01T00:00:00.000Z');
    });

    const handledWith = async (filter: object): Promise<string[]> => {
      const handled: string[] = [];
      await replayEvents({ projections: [newMailer(handled)], ...filter });
      return handled.filter(line => [old, recent, both].some(id => line.startsWith(`${id} `))).toSorted();
    };

    it.each([
      ['none', {}, [`${old} 1`, `${recent} 1`, `${both} 1`, `${both} 2`, `${both} 3`]],
      ['a type', { eventTypes: ['POKEMON_NAMED'] }, [`${recent} 1`, `${both} 1`, `${both} 2`]],
      ['a start', { from: '2002-01-01T00:00:00.000Z' }, [`${recent} 1`, `${both} 1`, `${both} 2`, `${both} 3`]],
      ['an end', { to: '2002-01-01T00:00:00.000Z' }, [`${old} 1`, `${recent} 1`, `${both} 1`, `${both} 2`]],
      ['a start and an end', { from: '2001-06-01', to: '2002-06-01' }, [`${recent} 1`, `${both} 1`, `${both} 2`]],
      [
        'a type in a time',
        { eventTypes: ['POKEMON_CAUGHT'], from: '2003', to: '2004' },
        [`${both} 1`, `${both} 2`, `${both} 3`],
      ],
    ])('%s: brings the aggregates up to the last event that is looked for', async (_, filter, expected) => {
      await expect(handledWith(filter)).resolves.toStrictEqual(expected.toSorted());
    });

    it('leave what they do not look for to the stream and to later replays', async () => {
      const handled: string[] = [];
      const mailer = newMailer(handled);
      await replayEvents({ projections: [mailer], to: '2001-06-01' });
      const later = await replayEvents({ projections: [mailer] });
      const ours = handled.filter(line => line.startsWith(`${both} `));
      expect(ours).toStrictEqual([`${both} 1`, `${both} 2`, `${both} 3`]);
      expect(later.events).toBeGreaterThan(5);
    });

    it('by event store: the others stay as they are, and if they have a table of their own it is not read', async () => {
      const ash = newAggregateId();
      await create(ash);
      const view = newView();
      requests.splice(0);
      await replayEvents({ projections: [view], eventStores: [trainers], segments: 1 });
      await expect(view.getView(ash)).resolves.toStrictEqual({ log: ['TRAINER_CREATED 1'] });
      await expect(view.getView(both)).resolves.toBeUndefined();
      expect(
        requests.filter(({ operation }) => operation === 'Scan').map(({ input }) => input['TableName']),
      ).toStrictEqual([tableNames.trainers]);
    });
  });

  it('passes by what is no event of theirs', async () => {
    const { items, events } = await replayEvents({ projections: [newMailer([])] });
    for (const TableName of new Set(Object.values(tableNames))) {
      const Item = { aggregateId: { S: 'snapshot' }, version: { N: '-1' }, anything: { S: 'else' } };
      await dynamoDbClient.send(new PutItemCommand({ TableName, Item }));
    }
    await expect(replayEvents({ projections: [newMailer([])] })).resolves.toMatchObject({ items: items + 1, events });
  });

  it('shares views with a stream handler and another replay, while events are written', async () => {
    const ids = Array.from({ length: 8 }, newAggregateId);
    for (const id of ids) await catchMany(id, 1, 10);
    const name = newName();
    const live = createStreamHandler({ projections: [newView({ name, client: engine.client() })] });
    const writing = async (): Promise<void> => {
      for (let version = 11; version <= 15; version++) {
        for (const id of ids) {
          await catchPokemon(id, version);
          await live({ Records: [await recordOf(context, id, version)] });
        }
      }
    };
    await Promise.all([
      writing(),
      replayEvents({ projections: [newView({ name, client: engine.client() })] }),
      replayEvents({ projections: [newView({ name, client: engine.client() })] }),
    ]);
    const view = newView({ name });
    const log = Array.from({ length: 15 }, (_, index) => `POKEMON_CAUGHT ${index + 1}`);
    for (const id of ids) await expect(view.getView(id)).resolves.toStrictEqual({ log });
    await expect(new DynamoDbCheckpointStore({ tableName, dynamoDbClient }).list(name, 'replay#')).resolves.toEqual([]);
  });
});
