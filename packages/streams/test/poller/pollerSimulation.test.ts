import { deepStrictEqual } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { DynamoDbCheckpointStore, projection, type SavePositionAfter, StreamPoller } from '../../src/index.js';
import { events, type ViewKind } from '../simulation/program.js';
import { SimulatedStream } from '../simulation/simulatedStream.js';
import { type Fault, SimulatedStreamsClient } from '../simulation/simulatedStreamsClient.js';
import { checkViews, nameOf, newViews } from '../simulation/views.js';
import { World } from '../simulation/world.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { connectEventStores } from '../support/eventStores.js';
import { useProjectionTable } from '../support/projectionTable.js';

/** One process after the other, or two at the same time, each with a poller of the same name. */
const pollStep = fc.record({
  poll: fc.record({
    /** The request, to whatever service, in which the process dies; and whether that one still has its effect. */
    crash: fc.option(fc.record({ request: fc.integer({ min: 1, max: 60 }), isSent: fc.boolean() }), { nil: undefined }),
    faults: fc.array(
      fc.constantFrom<Fault[]>(
        'throttled',
        'expired',
        'answerLost',
        'emptyAnswer',
        'emptyListing',
        'incompleteListing',
        undefined,
        undefined,
        undefined,
      ),
      { maxLength: 40 },
    ),
    rivals: fc.constantFrom(1, 1, 2),
    /** So short that a process may lose the lock while it works. */
    lockTimeoutMs: fc.constantFrom(5, 20, 200),
  }),
});

const steps = fc.oneof(
  { weight: 6, arbitrary: fc.record({ write: fc.array(events, { minLength: 1, maxLength: 4 }) }) },
  { weight: 4, arbitrary: pollStep },
  { weight: 2, arbitrary: fc.constant({ split: true as const }) },
  { weight: 1, arbitrary: fc.constant({ trim: true as const }) },
);

const programs = fc.record({
  shards: fc.integer({ min: 1, max: 3 }),
  isByItem: fc.boolean(),
  /** Then every record has to be seen, as no later one makes up for it. */
  isLossless: fc.boolean(),
  savePositionAfter: fc.constantFrom<SavePositionAfter[]>('event', 'batch'),
  viewKind: fc.constantFrom<ViewKind[]>('trainers', 'own'),
  steps: fc.array(steps, { minLength: 5, maxLength: 25, size: 'max' }),
});

type Program = typeof programs extends fc.Arbitrary<infer PROGRAM> ? PROGRAM : never;
/** The poller's name, and how its projections work. */
interface Polled extends Pick<Program, 'savePositionAfter' | 'viewKind'> {
  name: string;
}
type Poll = typeof pollStep extends fc.Arbitrary<infer STEP> ? STEP : never;

const LAST: Poll['poll'] = { crash: undefined, faults: [], rivals: 1, lockTimeoutMs: 200 };

let runs = 0;

describeOnEveryLayout('a poller of a simulated stream', context => {
  const { engine, layout, tableNames, dynamoDbClient, ...eventStores } = context;
  const tableName = useProjectionTable(dynamoDbClient);

  /** Runs pollers of one name on the stream until it is read, or they die. */
  const poll = async (
    world: World,
    stream: SimulatedStream,
    polled: Polled,
    { crash, faults, rivals, lockTimeoutMs }: Poll['poll'],
    handled: (event: EventDetail) => void,
  ): Promise<void> => {
    const left = [...faults];
    const processes = Array.from({ length: rivals }, () => {
      let requests = 0;
      let isDead = false;
      const step = (isAfter: boolean): void => {
        if (!isAfter) requests++;
        isDead ||=
          crash !== undefined && (requests > crash.request || (requests === crash.request && isAfter === crash.isSent));
        if (isDead) throw new Error('The process is dead.');
      };
      const streams = new SimulatedStreamsClient(stream, () => left.pop(), step);
      const client = engine.client();
      client.middlewareStack.add(
        next => async args => {
          step(false);
          const reply = await next(args);
          step(true);
          return reply;
        },
        { step: 'initialize' },
      );
      const poller = newPoller(world, client, streams, polled, lockTimeoutMs, event => {
        if (!isDead) handled(event);
      });
      return { poller, streams, client, isOver: () => isDead || streams.isRead };
    });
    await Promise.all(processes.map(({ poller }) => poller.start().catch(() => {})));
    // Two with a lock that is over before its renewal has come may keep each other from getting on.
    const turns = lockTimeoutMs < LAST.lockTimeoutMs ? 100 : Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < turns && !processes.some(({ isOver }) => isOver()); turn++) await sleep(1);
    await Promise.all(processes.map(({ poller }) => poller.stop()));
    for (const { client } of processes) client.destroy();
  };

  const newPoller = (
    world: World,
    client: DynamoDBClient,
    streams: SimulatedStreamsClient,
    polled: Polled,
    lockTimeoutMs: number,
    handled: (event: EventDetail) => void,
  ): StreamPoller => {
    const { views, log } = projections(world, client, polled, handled);
    return new StreamPoller({
      name: polled.name,
      projections: [views, log],
      checkpoints: new DynamoDbCheckpointStore({ tableName, dynamoDbClient: client }),
      dynamoDbStreamsClient: streams.client,
      onFailure: () => {},
      onError: () => {},
      maxAttempts: 2,
      pollIntervalMs: 1,
      lockTimeoutMs,
    });
  };

  const projections = (
    world: World,
    client: DynamoDBClient,
    { name, savePositionAfter, viewKind }: Polled,
    handled: (event: EventDetail) => void = () => {},
  ) => {
    const { pokemons } = connectEventStores(layout, client, tableNames);
    const handle = async (event: EventDetail): Promise<void> => {
      await new Promise(setImmediate);
      if (world.isPoison(event)) throw new RangeError('poison');
      handled(event);
    };
    return {
      views: newViews(world, viewKind, { name: `${name}-views`, tableName, client, eventStore: pokemons }),
      log: projection({
        name: `${name}-log`,
        eventStores: [pokemons],
        checkpoints: new DynamoDbCheckpointStore({ tableName, dynamoDbClient: client }),
        on: { POKEMON_CAUGHT: handle, POKEMON_TRADED: handle, POKEMON_NAMED: handle },
        savePositionAfter,
      }),
    };
  };

  const run = async (world: World, { shards, isByItem, isLossless, steps: program, ...how }: Program, name: string) => {
    const polled = { name, ...how };
    const done = new Set<string>();
    const disorder: string[] = [];
    const handled = (event: EventDetail): void => {
      if (event.version > 1 && !done.has(nameOf({ ...event, version: event.version - 1 })))
        disorder.push(nameOf(event));
      done.add(nameOf(event));
    };
    const stream = new SimulatedStream(shards, isByItem);
    for (const step of program) {
      if ('write' in step) {
        for (const { spec, record } of await world.push(step.write)) {
          stream.write(record, isLossless ? { ...spec.fate, isMissing: false } : spec.fate);
        }
      } else if ('split' in step) stream.split();
      else if ('trim' in step) {
        if (!isLossless) stream.trim();
      } else await poll(world, stream, polled, step.poll, handled);
    }
    // What was trimmed or is missing comes with an aggregate's last event.
    for (const record of isLossless ? [] : await world.lastRecords())
      stream.write(record, { delay: 0, isMissing: false });
    stream.catchUp();
    world.repair();
    await poll(world, stream, polled, LAST, handled);
    const { views, log } = projections(world, dynamoDbClient, polled, handled);
    for (const each of [views, log]) {
      for (const parked of await each.listParked()) deepStrictEqual(await each.retryParked(parked), 'done');
    }
    return { done, disorder, views };
  };

  it(
    'reaches views once and handlers in order, whatever shards, faults, crashes and rivals there are',
    async () => {
      const property = fc.asyncProperty(programs, async program => {
        const world = new World(dynamoDbClient, layout, { ...eventStores, tableNames });
        const { done, disorder, views } = await run(world, program, `poller-${++runs}`);

        const stored = await world.storedEvents();
        deepStrictEqual(disorder, []);
        deepStrictEqual([...done].toSorted(), stored.map(nameOf).toSorted());
        await checkViews(world, program.viewKind, views);
      });
      await checkProperty(property, { quick: 3, soak: 500 });
    },
    PRESET_TIMEOUT_MS,
  );
});
