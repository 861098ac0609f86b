import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EventStore } from '@castore/core';

import { createStreamHandler, dynamoDbProjection, type OnFailure, type ProjectionFailure } from '../src/index.js';
import { crashAt } from './support/crash.js';
import { describeWithExactUnits } from './support/describeOnEveryLayout.js';
import { connectEventStores, newAggregateId } from './support/eventStores.js';
import { newName, useTrainerViews } from './support/trainerViews.js';

const silent: OnFailure = () => {};

describeWithExactUnits('dynamoDbProjection', context => {
  const { engine, layout, pokemons, tableNames, dynamoDbClient, requests } = context;
  const { tableName, initialView, apply, newView, recordsOf, create, catchPokemon, trade, rename } =
    useTrainerViews(context);

  it('keeps views of events of several event stores, each applied once', async () => {
    const [ash, misty, pikachu] = [newAggregateId(), newAggregateId(), newAggregateId()];
    await create(ash);
    await create(misty);
    await catchPokemon(pikachu, ash);
    await trade(pikachu, 2, ash, misty);
    const records = await recordsOf(ash, misty, pikachu);
    const view = newView();
    const handler = createStreamHandler({ projections: [view] });

    for (const batch of [records, records, records.slice(1)]) {
      await expect(handler({ Records: batch })).resolves.toStrictEqual({ batchItemFailures: [] });
    }
    await expect(view.getView(ash)).resolves.toStrictEqual({
      name: ash.toUpperCase(),
      log: [`CREATED ${ash} 1`, `CAUGHT ${pikachu} 1`, `TRADED ${pikachu} 2`],
    });
    await expect(view.getView(misty)).resolves.toStrictEqual({
      name: misty.toUpperCase(),
      log: [`CREATED ${misty} 1`, `TRADED ${pikachu} 2`],
    });
    await expect(view.getView('nobody')).resolves.toBeUndefined();
    expect(initialView).toStrictEqual({ log: [] });
  });

  it('keeps members of a view as attributes, by which indexes can be made', async () => {
    const [ash] = [newAggregateId()];
    await create(ash);
    const view = newView();
    await createStreamHandler({ projections: [view] })({ Records: await recordsOf(ash) });
    const Key = { pk: { S: `${view.name}#${ash}` }, sk: { S: 'view' } };
    const { Item } = await dynamoDbClient.send(new GetItemCommand({ TableName: tableName, Key }));
    expect(Item).toStrictEqual({
      ...Key,
      _revision: { S: expect.stringMatching(/^[\w-]{12}$/) },
      name: { S: ash.toUpperCase() },
      log: { L: [{ S: `CREATED ${ash} 1` }] },
    });
  });

  it('reads positions and views once and writes them once, however many events touch them', async () => {
    const [ash, misty, pikachu, raichu] = [newAggregateId(), newAggregateId(), newAggregateId(), newAggregateId()];
    const view = newView();
    const handler = createStreamHandler({ projections: [view] });
    await catchPokemon(pikachu, ash);
    await catchPokemon(raichu, ash);
    await handler({ Records: await recordsOf(pikachu, raichu) });
    for (let version = 2; version <= 6; version++) await catchPokemon(pikachu, ash, version);
    await trade(raichu, 2, ash, misty);
    const records = await recordsOf(pikachu, raichu);

    await handler({ Records: records });
    expect(requests.map(({ operation }) => operation)).toStrictEqual([
      'BatchGetItem',
      'BatchGetItem',
      'TransactWriteItems',
    ]);
    // Two positions and two views.
    expect(requests[2]?.input['TransactItems']).toHaveLength(4);
    // DynamoDB Local counts the units of transactions wrong.
    if (engine.engine === 'dynoxide') expect(requests[2]?.units).toBe(8);
    expect((await view.getView(ash))?.log).toHaveLength(8);

    // What comes again costs the positions.
    requests.splice(0);
    await handler({ Records: records });
    expect(requests.map(({ operation, units }) => [operation, units])).toStrictEqual([['BatchGetItem', 2]]);
  });

  it('writes the position alone if no view is touched, at half the price', async () => {
    const pikachu = newAggregateId();
    await rename(pikachu, 1);
    const records = await recordsOf(pikachu);
    await createStreamHandler({ projections: [newView()] })({ Records: records });
    expect(requests.map(({ operation }) => operation)).toStrictEqual(['BatchGetItem', 'PutItem']);
    expect(requests[1]?.units).toBe(1);
  });

  it('fills gaps, also wide ones, and applies more events than a transaction has items', async () => {
    const pikachu = newAggregateId();
    const ids = Array.from({ length: 130 }, (_, index) => `${pikachu}-trainer-${index}`);
    for (let start = 0; start < ids.length; start += 100) {
      const group = ids.slice(start, start + 100).map((trainerId, index) =>
        pokemons.groupEvent({
          aggregateId: pikachu,
          version: start + index + 1,
          type: 'POKEMON_CAUGHT',
          payload: { trainerId },
        }),
      );
      await EventStore.pushEventGroup({}, ...(group as [(typeof group)[0]]));
    }
    const records = (await recordsOf(pikachu)).filter(({ dynamodb }) => dynamodb?.NewImage?.['version']?.N === '130');
    const view = newView();
    await createStreamHandler({ projections: [view] })({ Records: records });
    const views = await Promise.all(ids.map(id => view.getView(id)));
    expect(views).toStrictEqual(ids.map((_, index) => ({ log: [`CAUGHT ${pikachu} ${index + 1}`] })));
  });

  it('shares a view between processes: conflicts are retried, nothing is lost and nothing is applied twice', async () => {
    const ash = newAggregateId();
    const ids = Array.from({ length: 12 }, newAggregateId);
    for (const id of ids) for (const version of [1, 2]) await catchPokemon(id, ash, version);
    const records = await recordsOf(...ids);
    const name = newName();
    const handlers = Array.from({ length: 4 }, () =>
      createStreamHandler({ projections: [newView({ name, client: engine.client() })] }),
    );
    // Two records of each aggregate in a row: the first three processes share nothing but the view, the fourth has it all.
    const parts = [0, 1, 2].map(part => records.filter((_, index) => Math.floor(index / 2) % 3 === part));
    await Promise.all(handlers.map((handler, index) => handler({ Records: parts[index] ?? records })));

    const { log } = (await newView({ name }).getView(ash)) as { log: string[] };
    expect(log.toSorted()).toStrictEqual(ids.flatMap(id => [`CAUGHT ${id} 1`, `CAUGHT ${id} 2`]).toSorted());
    for (const id of ids) expect(log.indexOf(`CAUGHT ${id} 1`)).toBeLessThan(log.indexOf(`CAUGHT ${id} 2`));
  });

  it('parks the aggregate whose event cannot be applied, with no trace of the attempt in its views', async () => {
    const [ash, pikachu, raichu] = [newAggregateId(), newAggregateId(), newAggregateId()];
    for (const version of [1, 2, 3]) await catchPokemon(pikachu, ash, version);
    await catchPokemon(raichu, ash);
    const name = newName();
    const broken = newView({
      name,
      handle: (view, event) => {
        const after = apply(view, event);
        if (event.aggregateId === pikachu && event.version === 2) throw new RangeError('broken');
        return after;
      },
    });
    const failures: ProjectionFailure[] = [];
    const handler = createStreamHandler({ projections: [broken], onFailure: failure => void failures.push(failure) });
    await expect(handler({ Records: await recordsOf(pikachu, raichu) })).resolves.toStrictEqual({
      batchItemFailures: [],
    });
    expect((await broken.getView(ash))?.log).toStrictEqual([`CAUGHT ${pikachu} 1`, `CAUGHT ${raichu} 1`]);
    expect(failures).toMatchObject([{ kind: 'event', aggregateId: pikachu, version: 2, attempts: 5 }]);

    const view = newView({ name });
    const [parked] = await view.listParked();
    await expect(view.retryParked(parked as never)).resolves.toBe('done');
    expect((await view.getView(ash))?.log.slice(2)).toStrictEqual([`CAUGHT ${pikachu} 2`, `CAUGHT ${pikachu} 3`]);
  });

  it('reports the record of an event that is to be retried', async () => {
    const [ash, pikachu] = [newAggregateId(), newAggregateId()];
    for (const version of [1, 2]) await catchPokemon(pikachu, ash, version);
    const records = await recordsOf(pikachu);
    const view = newView({
      handle: (before, event) => {
        if (event.version === 2) throw new RangeError('broken');
        return apply(before, event);
      },
    });
    const handler = createStreamHandler({ projections: [view], onFailure: () => 'retry', maxAttempts: 2 });
    await expect(handler({ Records: records })).resolves.toStrictEqual({
      batchItemFailures: [{ itemIdentifier: records[1]?.dynamodb?.SequenceNumber }],
    });
    expect((await view.getView(ash))?.log).toStrictEqual([`CAUGHT ${pikachu} 1`]);
  });

  it('deletes a view that is undefined, and makes it anew', async () => {
    const pikachu = newAggregateId();
    for (let version = 1; version <= 3; version++) await catchPokemon(pikachu, pikachu, version);
    const records = await recordsOf(pikachu);
    const view = dynamoDbProjection({
      name: newName(),
      eventStores: [pokemons],
      tableName,
      dynamoDbClient,
      key: ({ aggregateId }) => aggregateId,
      project: {
        POKEMON_CAUGHT: (before, { version }) => (version === 2 ? undefined : { before: before ?? null, version }),
      },
    });
    const handler = createStreamHandler({ projections: [view] });
    const views: unknown[] = [];
    for (const record of records) {
      await handler({ Records: [record] });
      views.push(await view.getView(pikachu));
    }
    expect(views).toStrictEqual([{ before: null, version: 1 }, undefined, { before: null, version: 3 }]);
  });

  it('loses nothing and repeats nothing, in whichever request the process dies', async () => {
    const [ash, misty, pikachu, raichu] = [newAggregateId(), newAggregateId(), newAggregateId(), newAggregateId()];
    await catchPokemon(pikachu, ash);
    await trade(pikachu, 2, ash, misty);
    await catchPokemon(raichu, misty);
    await rename(raichu, 2);
    const records = (await recordsOf(pikachu, raichu)).toReversed();
    const batches = [records.slice(0, 1), records];

    let requestsOfOneRun = Number.POSITIVE_INFINITY;
    for (let request = 1; request <= requestsOfOneRun; request++) {
      for (const isSent of [false, true]) {
        const name = newName();

        const client = engine.client();
        const count = crashAt(client, { request, isSent });
        const eventStores = connectEventStores(layout, client, tableNames);
        const dying = newView({ name, client, eventStores: [eventStores.pokemons, eventStores.trainers] });
        const dyingHandler = createStreamHandler({ projections: [dying], onFailure: silent, maxAttempts: 1 });
        for (const batch of batches) await dyingHandler({ Records: batch });
        if (count() < request) requestsOfOneRun = request;

        const view = newView({ name });
        for (const batch of batches) {
          const response = await createStreamHandler({ projections: [view] })({ Records: batch });
          expect(response).toStrictEqual({ batchItemFailures: [] });
        }
        expect((await view.getView(ash))?.log).toStrictEqual([`CAUGHT ${pikachu} 1`, `TRADED ${pikachu} 2`]);
        const mistys = (await view.getView(misty))?.log.toSorted();
        expect(mistys).toStrictEqual([`CAUGHT ${raichu} 1`, `TRADED ${pikachu} 2`].toSorted());
      }
    }
    expect(requestsOfOneRun).toBeGreaterThan(6);
  });

  it('refuses what cannot be a projection', () => {
    const options = { name: 'n', eventStores: [pokemons], tableName, dynamoDbClient, key: () => 'ash', project: {} };
    for (const [argument, wrong] of Object.entries({
      name: [undefined, '', 'a#b', 'x'.repeat(101)],
      eventStores: [undefined, [], [pokemons, pokemons]],
      tableName: [undefined, ''],
      dynamoDbClient: [undefined, {}],
      project: [undefined, 'ash'],
    })) {
      for (const value of wrong) {
        expect(() => dynamoDbProjection({ ...options, [argument]: value } as never)).toThrow(
          expect.objectContaining({ code: 'InvalidArgumentError', argument }),
        );
      }
    }
  });
});
