import { deepStrictEqual } from 'node:assert/strict';

import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';

import { createStreamHandler, dynamoDbProjection, type OnFailure, type ProjectionFailure } from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { recordOf } from './support/recordOf.js';
import { newName, useTrainerViews } from './support/trainerViews.js';

const silent: OnFailure = () => {};

describeOnEveryLayout('A view', context => {
  const { pokemons, dynamoDbClient, requests } = context;
  const { tableName, apply, newView, recordsOf, catchPokemon } = useTrainerViews(context);

  it.each<[string, unknown, string]>([
    ['a value that DynamoDB cannot hold', { a: [1, Number.NaN] }, 'view.a[1]'],
    ['a date', { at: new Date() }, 'view.at'],
    ['a member whose name is taken', { _revision: 'mine' }, 'view._revision'],
    ['no object', 'ash', 'view'],
    ['a view over 400 KB', { text: 'x'.repeat(410_000) }, 'view'],
  ])('parks the event that makes of a view %s, and applies those before it', async (_, bad, path) => {
    const pikachu = newAggregateId();
    for (let version = 1; version <= 3; version++) await catchPokemon(pikachu, pikachu, version);
    const view = dynamoDbProjection({
      name: newName(),
      eventStores: [pokemons],
      tableName,
      dynamoDbClient,
      key: ({ aggregateId }) => aggregateId,
      project: {
        POKEMON_CAUGHT: (__, { version }) => (version === 1 ? { version } : (bad as Record<string, unknown>)),
      },
    });
    const failures: ProjectionFailure[] = [];
    const onFailure: OnFailure = failure => void failures.push(failure);
    await createStreamHandler({ projections: [view], onFailure, maxAttempts: 1 })({
      Records: await recordsOf(pikachu),
    });
    expect(failures).toMatchObject([{ version: 2, error: { code: 'UnstorableViewError', path } }]);
    await expect(view.getView(pikachu)).resolves.toStrictEqual({ version: 1 });
  });

  it.each<[string, unknown]>([
    ['an empty key', ''],
    ['a number', 1],
    ['a key that is too long', 'x'.repeat(2048)],
    ['half of a surrogate pair', '\ud800'],
    ['a hundred keys', Array.from({ length: 100 }, (_, index) => `key ${index}`)],
  ])('parks an event with %s', async (_, key) => {
    const pikachu = newAggregateId();
    await catchPokemon(pikachu, 'ash');
    const view = dynamoDbProjection({
      name: newName(),
      eventStores: [pokemons],
      tableName,
      dynamoDbClient,
      key: () => key as string,
      project: { POKEMON_CAUGHT: () => ({}) },
    });
    await createStreamHandler({ projections: [view], onFailure: silent, maxAttempts: 1 })({
      Records: await recordsOf(pikachu),
    });
    await expect(view.listParked()).resolves.toMatchObject([{ version: 1, error: { name: 'UnstorableViewError' } }]);
  });

  it('writes what is too much for one transaction in several, and parks an event that is too much by itself', async () => {
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
    for (let version = 1; version <= 3; version++) await catchPokemon(pikachu, pikachu, version);
    await pokemons.pushEvent({
      aggregateId: raichu,
      version: 1,
      type: 'POKEMON_TRADED',
      payload: { from: '', to: '' },
    });
    const view = dynamoDbProjection({
      name: newName(),
      eventStores: [pokemons],
      tableName,
      dynamoDbClient,
      key: ({ type, aggregateId, version }) => {
        const count = type === 'POKEMON_CAUGHT' ? 6 : 12;
        return Array.from({ length: count }, (_, index) => `${aggregateId} ${version} ${index}`);
      },
      project: {
        POKEMON_CAUGHT: () => ({ text: 'x'.repeat(390_000) }),
        POKEMON_TRADED: () => ({ text: 'x'.repeat(390_000) }),
      },
    });
    const records = await recordsOf(pikachu, raichu);
    await createStreamHandler({ projections: [view], onFailure: silent, maxAttempts: 1 })({ Records: records });
    expect(requests.filter(({ operation }) => operation === 'TransactWriteItems')).toHaveLength(3);
    await expect(view.getView(`${pikachu} 3 5`)).resolves.toBeDefined();
    await expect(view.listParked()).resolves.toMatchObject([
      { aggregateId: raichu, version: 1, error: { name: 'UnstorableViewError' } },
    ]);
  });

  it('keeps members named __proto__, and any values that DynamoDB can hold', async () => {
    const pikachu = newAggregateId();
    for (const version of [1, 2]) await catchPokemon(pikachu, pikachu, version);
    const text = '{"__proto__":{"___proto__":1,"__proto__":[{"__proto__":2}]},"constructor":3}';
    const more = { bytes: new Uint8Array([0, 255]), set: new Set(['a']), big: 2n ** 60n, nothing: null };
    const seen: unknown[] = [];
    const view = dynamoDbProjection({
      name: newName(),
      eventStores: [pokemons],
      tableName,
      dynamoDbClient,
      key: () => '__proto__#',
      project: {
        POKEMON_CAUGHT: before => {
          seen.push(before);
          return before ?? Object.assign(JSON.parse(text) as object, more);
        },
      },
    });
    for (const record of await recordsOf(pikachu))
      await createStreamHandler({ projections: [view] })({ Records: [record] });
    const expected = Object.assign(JSON.parse(text) as object, more);
    expect(seen).toStrictEqual([undefined, expected]);
    const read = await view.getView('__proto__#');
    expect(Object.keys(read ?? {})).toContain('__proto__');
    deepStrictEqual(read, expected);
  });

  it('has views, positions and parked aggregates of ids that are long or hold anything', async () => {
    const long = `${newAggregateId()}${'é#'.repeat(670)}`;
    const ids = [long, '#', `a#b-${newAggregateId()}`, '__proto__'];
    for (const id of ids) for (const version of [1, 2]) await catchPokemon(id, id.slice(0, 99), version);
    const name = newName();
    const broken = newView({
      name,
      handle: (view, event) => {
        if (event.version === 2) throw new RangeError('broken');
        return apply(view, event);
      },
    });
    const records = await recordsOf(...ids);
    await createStreamHandler({ projections: [broken], onFailure: silent, maxAttempts: 1 })({ Records: records });
    const view = newView({ name });
    for (const parked of await view.listParked()) await view.retryParked(parked);
    const logs = await Promise.all(ids.map(id => view.getView(id.slice(0, 99))));
    expect(logs.map(one => one?.log)).toStrictEqual(ids.map(id => [`CAUGHT ${id} 1`, `CAUGHT ${id} 2`]));
  });
});

describeOnEveryLayout('A view in an index', context => {
  const { pokemons, dynamoDbClient } = context;
  const tableName = uniqueTableName('indexed-views');

  beforeAll(() =>
    dynamoDbClient.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk', 'trainer'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byTrainer',
            KeySchema: [{ AttributeName: 'trainer', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      }),
    ),
  );
  afterAll(() => dynamoDbClient.send(new DeleteTableCommand({ TableName: tableName })));

  it('parks the event of which DynamoDB refuses the view, and applies those before it and all others', async () => {
    const [bad, ...good] = [newAggregateId(), newAggregateId(), newAggregateId(), newAggregateId()] as const;
    const catchPokemon = async (aggregateId: string, version: number, trainerId: string) => {
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_CAUGHT', payload: { trainerId } });
      return recordOf(context, aggregateId, version);
    };
    const view = dynamoDbProjection<typeof pokemons, { trainer?: unknown } | undefined>({
      name: `by-trainer-${bad}`,
      eventStores: [pokemons],
      tableName,
      dynamoDbClient,
      initialView: {},
      key: ({ aggregateId }) => aggregateId,
      project: {
        // A key of an index must not be empty: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
        POKEMON_CAUGHT: (_, { payload }) => ({ trainer: payload.trainerId }),
      },
    });
    const failures: ProjectionFailure[] = [];
    const handler = createStreamHandler({
      projections: [view],
      onFailure: failure => void failures.push(failure),
      maxAttempts: 2,
    });
    const Records = [
      await catchPokemon(good[0], 1, 'ash'),
      await catchPokemon(bad, 1, 'ash'),
      await catchPokemon(bad, 2, 'misty'),
      await catchPokemon(bad, 3, ''),
      await catchPokemon(good[1], 1, 'ash'),
      await catchPokemon(good[2], 1, 'ash'),
    ];

    await expect(handler({ Records })).resolves.toStrictEqual({ batchItemFailures: [] });
    expect(failures).toMatchObject([
      { kind: 'event', aggregateId: bad, version: 3, error: { code: 'UnstorableViewError', key: bad } },
    ]);
    await expect(view.listParked()).resolves.toMatchObject([{ aggregateId: bad, version: 3 }]);
    await expect(view.getView(bad)).resolves.toStrictEqual({ trainer: 'misty' });
    for (const id of good) await expect(view.getView(id)).resolves.toStrictEqual({ trainer: 'ash' });
    await catchPokemon(bad, 4, 'ash');
    await expect(view.retryParked({ eventStoreId: 'POKEMONS', aggregateId: bad }, { skip: true })).resolves.toBe(
      'done',
    );
    await expect(view.getView(bad)).resolves.toStrictEqual({ trainer: 'ash' });
  });
});
