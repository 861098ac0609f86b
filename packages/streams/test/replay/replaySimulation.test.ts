import { deepStrictEqual } from 'node:assert/strict';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import { deleteEventTable } from '@castore-dynamodb/adapter';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  type Projection,
  projection,
  replayEvents,
  type StreamHandler,
} from '../../src/index.js';
import { SimulatedStream } from '../simulation/simulatedStream.js';
import { checkViews, nameOf, newViews } from '../simulation/views.js';
import { World } from '../simulation/world.js';
import { type CrashPlan, crashAt } from '../support/crash.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { connectEventStores, createTables, newTableNames, type Pokemons } from '../support/eventStores.js';
import { useProjectionTable } from '../support/projectionTable.js';
import { withPageSize } from '../support/withPageSize.js';
import { type JoiningProgram, joiningPrograms, type ReplayStep } from './joiningProgram.js';

/** A projection of the world's events, made anew for each process. */
type Create = (world: World, client: DynamoDBClient, eventStore: Pokemons) => Projection;

describeOnEveryLayout('a simulated replay beside a stream', ({ engine, layout, dynamoDbClient }) => {
  const tableName = useProjectionTable(dynamoDbClient);

  /** Runs a program over tables of its own, and then what checks its end. */
  const run = async (
    program: JoiningProgram,
    create: Create,
    check: (world: World, stored: EventDetail[]) => Promise<void>,
  ): Promise<void> => {
    const tableNames = newTableNames(layout);
    await createTables(layout, dynamoDbClient, tableNames);
    const clients: DynamoDBClient[] = [];
    try {
      const world = new World(dynamoDbClient, layout, connectEventStores(layout, dynamoDbClient, tableNames));
      const newProcess = (crash?: CrashPlan, pageSize?: number): Projection => {
        const client = engine.client();
        clients.push(client);
        if (pageSize !== undefined) withPageSize(client, pageSize);
        if (crash !== undefined) crashAt(client, crash);
        return create(world, client, connectEventStores(layout, client, tableNames).pokemons);
      };
      await play(program, world, newProcess);
      await check(world, await world.storedEvents());
    } finally {
      for (const client of clients) client.destroy();
      for (const name of new Set(Object.values(tableNames)))
        await deleteEventTable(dynamoDbClient, { tableName: name });
    }
  };

  const play = async (
    { shards, isByItem, before, steps }: JoiningProgram,
    world: World,
    newProcess: (crash?: CrashPlan, pageSize?: number) => Projection,
  ): Promise<void> => {
    for (const write of before) await world.push(write);

    const stream = new SimulatedStream(shards, isByItem);
    const newHandler = (crash?: CrashPlan): StreamHandler =>
      createStreamHandler({ projections: [newProcess(crash)], onFailure: () => {}, maxAttempts: 2 });
    let isReplayed = false;
    const replay = async ({ segments, pageSize, crash }: Partial<ReplayStep['replay']>): Promise<void> => {
      try {
        const projections = [newProcess(crash, pageSize)];
        await replayEvents({ projections, segments: segments ?? 4, onFailure: () => {}, maxAttempts: 2 });
        isReplayed = true;
      } catch (error) {
        if (!(error as Error).message.startsWith('The process died')) throw error;
      }
    };
    const running: { replay: Promise<void>; until: number }[] = [];
    for (const [index, step] of steps.entries()) {
      for (const { replay: ended, until } of running) if (until === index) await ended;
      if ('replay' in step) running.push({ replay: replay(step.replay), until: index + step.replay.during });
      else if ('write' in step) {
        for (const { spec, record } of await world.push(step.write)) stream.write(record, spec.fate);
      } else if ('split' in step) stream.split();
      else await stream.deliver(() => newHandler(step.deliver.crash), step.deliver.batchSize, step.deliver.goBack);
    }
    await Promise.all(running.map(({ replay: ended }) => ended));

    // One replay that comes to its end is enough, whenever it began; and the stream delivers everything in the end.
    world.repair();
    if (!isReplayed) await replay({});
    stream.catchUp();
    const handler = newHandler();
    while (!stream.isDone) await stream.deliver(() => handler, 10, 0);
    const last = newProcess();
    for (const parked of await last.listParked()) deepStrictEqual(await last.retryParked(parked), 'done');
  };

  let runs = 0;

  it(
    'leaves views in DynamoDB that hold every event once, each aggregate in version order',
    async () => {
      const property = fc.asyncProperty(joiningPrograms, async program => {
        const name = `views-${++runs}`;
        const { viewKind } = program;
        const create = (world: World, client: DynamoDBClient, eventStore: Pokemons) =>
          newViews(world, viewKind, { name, tableName, client, eventStore });
        await run(program, create, async world =>
          checkViews(world, viewKind, create(world, dynamoDbClient, world.eventStores.pokemons)),
        );
      });
      await checkProperty(property, { quick: 3, soak: 1_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'reaches handlers with every event, none before its predecessor was handled',
    async () => {
      const property = fc.asyncProperty(joiningPrograms, async program => {
        const name = `log-${++runs}`;
        const done = new Set<string>();
        const disorder: string[] = [];
        const create: Create = (world, client, eventStore) => {
          const handle = async (event: EventDetail): Promise<void> => {
            const predecessor = nameOf({ ...event, version: event.version - 1 });
            if (event.version > 1 && !done.has(predecessor)) disorder.push(nameOf(event));
            await new Promise(setImmediate);
            if (world.isPoison(event)) throw new RangeError('poison');
            done.add(nameOf(event));
          };
          const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient: client });
          const on = { POKEMON_CAUGHT: handle, POKEMON_TRADED: handle, POKEMON_NAMED: handle };
          const { savePositionAfter } = program;
          return projection({
            name,
            eventStores: [eventStore],
            checkpoints,
            on,
            ...(savePositionAfter && { savePositionAfter }),
          });
        };
        await run(program, create, async (_, stored) => {
          deepStrictEqual(disorder, []);
          deepStrictEqual([...done].toSorted(), stored.map(nameOf).toSorted());
        });
      });
      await checkProperty(property, { quick: 3, soak: 1_000 });
    },
    PRESET_TIMEOUT_MS,
  );
});
