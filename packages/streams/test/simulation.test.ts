import { deepStrictEqual } from 'node:assert/strict';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  type Projection,
  projection,
  type StreamHandler,
} from '../src/index.js';
import { type Program, programs } from './simulation/program.js';
import { SimulatedStream } from './simulation/simulatedStream.js';
import { checkViews, nameOf, newViews } from './simulation/views.js';
import { World } from './simulation/world.js';
import { type CrashPlan, crashAt } from './support/crash.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { connectEventStores } from './support/eventStores.js';
import { useProjectionTable } from './support/projectionTable.js';

let runs = 0;

describeOnEveryLayout('a simulated stream', ({ engine, layout, tableNames, dynamoDbClient, ...eventStores }) => {
  const tableName = useProjectionTable(dynamoDbClient);

  /** Runs a program against projections that `create` makes anew for each process. */
  const run = async (
    world: World,
    { shards, isByItem, steps }: Program,
    create: (client: DynamoDBClient) => Projection,
  ): Promise<void> => {
    const clients: DynamoDBClient[] = [];
    const newHandler = (crash?: CrashPlan): StreamHandler => {
      const client = engine.client();
      clients.push(client);
      if (crash !== undefined) crashAt(client, crash);
      return createStreamHandler({ projections: [create(client)], onFailure: () => {}, maxAttempts: 2 });
    };
    const stream = new SimulatedStream(shards, isByItem);
    for (const step of steps) {
      if ('write' in step) {
        for (const { spec, record } of await world.push(step.write)) stream.write(record, spec.fate);
      } else if ('split' in step) stream.split();
      else await stream.deliver(() => newHandler(step.deliver.crash), step.deliver.batchSize, step.deliver.goBack);
    }

    // Everything comes in the end, but for what is missing in front of an aggregate's last event.
    for (const record of await world.lastRecords()) stream.write(record, { delay: 0, isMissing: false });
    stream.catchUp();
    world.repair();
    const handler = newHandler();
    while (!stream.isDone) await stream.deliver(() => handler, 10, 0);
    const last = create(dynamoDbClient);
    for (const parked of await last.listParked()) deepStrictEqual(await last.retryParked(parked), 'done');
    deepStrictEqual(await last.listParked(), []);
    for (const client of clients) client.destroy();
  };

  const connect = (client: DynamoDBClient) => connectEventStores(layout, client, tableNames).pokemons;

  it(
    'leaves views in DynamoDB that hold every event once, each aggregate in version order',
    async () => {
      const property = fc.asyncProperty(programs, async program => {
        const world = new World(dynamoDbClient, layout, { ...eventStores, tableNames });
        const name = `views-${++runs}`;
        const { viewKind } = program;
        const create = (client: DynamoDBClient) =>
          newViews(world, viewKind, { name, tableName, client, eventStore: connect(client) });
        await run(world, program, create);
        await checkViews(world, viewKind, create(dynamoDbClient));
      });
      await checkProperty(property, { quick: 3, soak: 1_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'reaches handlers with every event, none before its predecessor was handled',
    async () => {
      const property = fc.asyncProperty(programs, async program => {
        const world = new World(dynamoDbClient, layout, { ...eventStores, tableNames });
        const name = `log-${++runs}`;
        const done = new Set<string>();
        const disorder: string[] = [];
        const handle = async (event: EventDetail): Promise<void> => {
          const predecessor = nameOf({ ...event, version: event.version - 1 });
          if (event.version > 1 && !done.has(predecessor)) disorder.push(nameOf(event));
          await new Promise(setImmediate);
          if (world.isPoison(event)) throw new RangeError('poison');
          done.add(nameOf(event));
        };
        const create = (client: DynamoDBClient) =>
          projection({
            name,
            eventStores: [connect(client)],
            checkpoints: new DynamoDbCheckpointStore({ tableName, dynamoDbClient: client }),
            on: { POKEMON_CAUGHT: handle, POKEMON_TRADED: handle, POKEMON_NAMED: handle },
            savePositionAfter: program.savePositionAfter,
          });
        await run(world, program, create);
        deepStrictEqual(disorder, []);
        deepStrictEqual([...done].toSorted(), (await world.storedEvents()).map(nameOf).toSorted());
      });
      await checkProperty(property, { quick: 3, soak: 1_000 });
    },
    PRESET_TIMEOUT_MS,
  );
});
