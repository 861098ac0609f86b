import { setTimeout as sleep } from 'node:timers/promises';

import { type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventStore } from '@castore/core';

import {
  createStreamHandler,
  DynamoDbCheckpointStore,
  deleteProjection,
  dynamoDbProjection,
  InMemoryCheckpointStore,
  type OnFailure,
  projection,
  type ReplayProgress,
  replayEvents,
} from '../../src/index.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { connectEventStores, newAggregateId, type Pokemons, type Trainers } from '../support/eventStores.js';
import { useProjectionTable } from '../support/projectionTable.js';
import { recordOf } from '../support/recordOf.js';
import { withPageSize } from '../support/withPageSize.js';

interface Log {
  log: string[];
}

const newName = (() => {
  let count = 0;
  return () => `trainers-${++count}`;
})();

type PokemonEvent = Parameters<NonNullable<Pokemons['onEventPushed']>>[0]['event'];

describeOnEveryLayout('replayEvents', context => {
  const { engine, layout, pokemons, trainers, tableNames, dynamoDbClient, requests } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  const tableCount = layout === 'single-table' ? 1 : 2;

  const operations = (): string[] => requests.map(({ operation }) => operation);
  const count = (operation: string): number => operations().filter(one => one === operation).length;
  const initialView: Log = { log: [] };

  interface ViewOptions {
    name?: string;
    client?: DynamoDBClient;
    eventStores?: { pokemons: Pokemons; trainers: Trainers };
    handle?: (event: { aggregateId: string; version: number }) => void;
  }

  /** The events of each aggregate, as they were applied. */
  const newView = ({
    name = newName(),
    client = dynamoDbClient,
    eventStores = { pokemons, trainers },
    handle,
  }: ViewOptions = {}) => {
    const append = (view: Log, event: { type: string; aggregateId: string; version: number }): Log => {
      handle?.(event);
      return { log: [...view.log, `${event.type} ${event.version}`] };
    };
    return dynamoDbProjection({
      name,
      eventStores: [eventStores.pokemons, eventStores.trainers],
      tableName,
      dynamoDbClient: client,
      initialView,
      key: event => event.aggregateId,
      project: { TRAINER_CREATED: append, POKEMON_CAUGHT: append, POKEMON_TRADED: append },
    });
  };

  const newMailer = (handled: string[], eventStores: Pokemons[] = [pokemons], name = newName()) => {
    const note = (event: PokemonEvent, { replay }: { replay: boolean }): void => {
      handled.push(`${event.aggregateId} ${event.version}${replay ? '' : ' live'}`);
    };
    return projection({
      name,
      eventStores,
      checkpoints: new InMemoryCheckpointStore(),
      on: { POKEMON_CAUGHT: note, POKEMON_NAMED: note, POKEMON_TRADED: note },
    });
  };

  const catchPokemon = async (aggregateId: string, version = 1, timestamp?: string): Promise<void> => {
    const payload = { trainerId: 'ash' };
    const event = { aggregateId, version, type: 'POKEMON_CAUGHT' as const, payload };
    await pokemons.pushEvent(timestamp === undefined ? event : { ...event, timestamp });
  };
  const namePokemon = async (aggregateId: string, version: number, timestamp?: string): Promise<void> => {
    const event = { aggregateId, version, type: 'POKEMON_NAMED' as const, payload: 'Pika', metadata: 1 };
    await pokemons.pushEvent(timestamp === undefined ? event : { ...event, timestamp });
  };
  const create = async (aggregateId: string): Promise<void> => {
    const payload = { name: aggregateId };
    await trainers.pushEvent({ aggregateId, version: 1, type: 'TRAINER_CREATED', payload });
  };
  const catchMany = async (aggregateId: string, first: number, last: number, size = 10): Promise<void> => {
    for (let start = first; start <= last; start += 20) {
      const group = Array.from({ length: Math.min(20, last - start + 1) }, (_, index) =>
        pokemons.groupEvent({
          aggregateId,
          version: start + index,
          type: 'POKEMON_CAUGHT',
          payload: { trainerId: 'x'.repeat(size) },
        }),
      );
      await EventStore.pushEventGroup({}, ...(group as [(typeof group)[0]]));
    }
  };

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

    it('by event store: the others stay as they are, and where they have a table of their own it is not read', async () => {
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

  it('parks the aggregate of an event that cannot be handled, and goes on', async () => {
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
    for (const version of [1, 2, 3]) await catchPokemon(pikachu, version);
    await catchPokemon(raichu);
    const name = newName();
    const view = newView({
      name,
      handle: event => {
        if (event.aggregateId === pikachu && event.version === 2) throw new RangeError('broken');
      },
    });
    const failures: unknown[] = [];
    await replayEvents({ projections: [view], onFailure: failure => void failures.push(failure), maxAttempts: 2 });
    expect(failures).toMatchObject([{ kind: 'event', aggregateId: pikachu, version: 2, attempts: 2 }]);
    await expect(view.getView(pikachu)).resolves.toStrictEqual({ log: ['POKEMON_CAUGHT 1'] });
    await expect(view.getView(raichu)).resolves.toStrictEqual({ log: ['POKEMON_CAUGHT 1'] });

    const mended = newView({ name });
    const [parked] = await mended.listParked();
    await expect(mended.retryParked(parked as never)).resolves.toBe('done');
    expect((await view.getView(pikachu))?.log).toHaveLength(3);
  });

  it('stops, or tries again, where that is what onFailure wants', async () => {
    const pikachu = newAggregateId();
    await catchPokemon(pikachu);
    let attempts = 0;
    const view = newView({
      handle: event => {
        if (event.aggregateId === pikachu && ++attempts < 4) throw new RangeError(`broken ${attempts}`);
      },
    });
    const stop: OnFailure = () => 'stop';
    await expect(replayEvents({ projections: [view], onFailure: stop, maxAttempts: 1 })).rejects.toThrow('broken 1');
    await replayEvents({ projections: [view], onFailure: () => 'retry', maxAttempts: 1 });
    expect(attempts).toBe(4);
    await expect(view.getView(pikachu)).resolves.toStrictEqual({ log: ['POKEMON_CAUGHT 1'] });
  });

  it('ends with the error of a request that fails again and again, unchanged', async () => {
    await catchPokemon(newAggregateId());
    const client = engine.client();
    const view = dynamoDbProjection({
      name: newName(),
      eventStores: [pokemons],
      tableName: `${tableName}-that-is-not-there`,
      dynamoDbClient: client,
      key: () => undefined,
      project: {},
    });
    await expect(replayEvents({ projections: [view], maxAttempts: 2 })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('waits where there is no capacity, and ends where the table may not be read', async () => {
    const client = withPageSize(engine.client(), 100);
    const failures: [commandName: string, error: string][] = [];
    client.middlewareStack.add(
      (next, { commandName }) =>
        args => {
          const [expected, name] = failures[0] ?? [];
          if (name === undefined || expected !== commandName) return next(args);
          failures.shift();
          throw Object.assign(new Error(name), { name });
        },
      { step: 'initialize', name: 'failures' },
    );
    failures.push(['ScanCommand', 'ProvisionedThroughputExceededException'], ['ScanCommand', 'ThrottlingException']);
    const projections = [newView({ eventStores: connectEventStores(layout, client, tableNames) })];
    await expect(replayEvents({ projections })).resolves.toMatchObject({ share: 1 });
    expect(failures).toHaveLength(0);

    // The estimate is not worth a replay.
    failures.push(['DescribeTableCommand', 'AccessDeniedException']);
    const shares = new Set<number | undefined>();
    const onProgress = ({ share }: ReplayProgress): void => void shares.add(share);
    await replayEvents({ projections, segments: 2, onProgress });
    expect(shares).toStrictEqual(new Set([undefined, 1]));

    failures.push(['ScanCommand', 'AccessDeniedException']);
    await expect(replayEvents({ projections })).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('passes by what is no event of theirs', async () => {
    const { items, events } = await replayEvents({ projections: [newMailer([])] });
    for (const TableName of new Set(Object.values(tableNames))) {
      const Item = { aggregateId: { S: 'snapshot' }, version: { N: '-1' }, anything: { S: 'else' } };
      await dynamoDbClient.send(new PutItemCommand({ TableName, Item }));
    }
    await expect(replayEvents({ projections: [newMailer([])] })).resolves.toMatchObject({ items: items + 1, events });
  });

  it('goes on where it was interrupted, and begins anew when it was done or when it is told to', async () => {
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
    await catchMany(pikachu, 1, 30, 100_000);
    await catchPokemon(raichu);
    const view = newView();
    const abortion = new AbortController();
    const reason = new Error('enough');
    const pages: ReplayProgress[] = [];
    const interrupted = replayEvents({
      projections: [view],
      segments: 1,
      signal: abortion.signal,
      onProgress: progress => {
        pages.push(progress);
        if (pages.length === 2) abortion.abort(reason);
      },
    });
    await expect(interrupted).rejects.toBe(reason);
    expect(pages).toHaveLength(2);
    const soFar = pages[1] as ReplayProgress;
    expect(soFar.share).toBeLessThan(1);

    requests.splice(0);
    const done = await replayEvents({ projections: [view], segments: 7 });
    // What was read before is not read again, and counts.
    expect(requests.find(({ operation }) => operation === 'Scan')?.input).toMatchObject({ TotalSegments: 1 });
    expect(requests.find(({ operation }) => operation === 'Scan')?.input).toHaveProperty('ExclusiveStartKey');
    expect(done.startedAt).toBe(soFar.startedAt);
    expect(done.readUnits).toBeGreaterThan(soFar.readUnits);
    expect((await view.getView(pikachu))?.log).toHaveLength(30);

    requests.splice(0);
    const again = await replayEvents({ projections: [view], segments: 7 });
    expect(again).toMatchObject({ items: done.items, segments: 7 * tableCount });

    const cut = new AbortController();
    const options = { projections: [view], segments: 1 };
    const interruptedAgain = replayEvents({ ...options, signal: cut.signal, onProgress: () => cut.abort(reason) });
    await expect(interruptedAgain).rejects.toBe(reason);
    requests.splice(0);
    await replayEvents({ ...options, resume: false });
    expect(requests.find(({ operation }) => operation === 'Scan')?.input).not.toHaveProperty('ExclusiveStartKey');
  });

  it('begins anew where one of the projections was deleted meanwhile', async () => {
    const pikachu = newAggregateId();
    await catchMany(pikachu, 1, 30, 100_000);
    for (const id of Array.from({ length: 20 }, newAggregateId)) await catchPokemon(id);
    const projections = [newView(), newView()];
    const [first, second] = projections as [ReturnType<typeof newView>, ReturnType<typeof newView>];
    const interrupt = async (): Promise<void> => {
      const abortion = new AbortController();
      const onProgress = (): void => abortion.abort();
      const options = { projections, eventStores: [pokemons], segments: 1 };
      await expect(replayEvents({ ...options, signal: abortion.signal, onProgress })).rejects.toMatchObject({
        name: 'AbortError',
      });
    };
    await interrupt();
    requests.splice(0);
    await interrupt();
    expect(requests.find(({ operation }) => operation === 'Scan')?.input).toHaveProperty('ExclusiveStartKey');

    await deleteProjection({ name: second.name, tableName, dynamoDbClient });
    await replayEvents({ projections, eventStores: [pokemons] });
    const { Items: items = [] } = await dynamoDbClient.send(new ScanCommand({ TableName: tableName }));
    const keysOf = (view: typeof first): string[] =>
      items
        .map(({ pk, sk }) => [pk?.S ?? '', sk?.S ?? ''] as const)
        .filter(([pk]) => pk === view.name || pk.startsWith(`${view.name}#`))
        .map(([pk, sk]) => `${pk.slice(view.name.length)} ${sk}`)
        .toSorted();
    expect(keysOf(second)).toStrictEqual(keysOf(first));
    expect(keysOf(first).length).toBeGreaterThan(20);
    expect(keysOf(first).filter(key => key.includes('replay'))).toStrictEqual([]);
  });

  it('does nothing more once it has rejected', async () => {
    const ids = Array.from({ length: 6 }, newAggregateId);
    for (const id of ids) await catchMany(id, 1, 3);
    const reason = new Error('enough');
    await expect(replayEvents({ projections: [newView()], signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(requests).toHaveLength(ids.length);

    const abortion = new AbortController();
    const rejected = replayEvents({
      projections: [newView({ handle: () => abortion.abort(reason) })],
      signal: abortion.signal,
    });
    await expect(rejected).rejects.toBe(reason);
    const sent = requests.length;
    await sleep(50);
    expect(requests).toHaveLength(sent);
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
