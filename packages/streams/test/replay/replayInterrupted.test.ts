import { setTimeout as sleep } from 'node:timers/promises';

import { ScanCommand } from '@aws-sdk/client-dynamodb';

import {
  DynamoDbCheckpointStore,
  deleteProjection,
  dynamoDbProjection,
  type OnFailure,
  projection,
  type ReplayProgress,
  replayEvents,
} from '../../src/index.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { connectEventStores, newAggregateId } from '../support/eventStores.js';
import { newName, useReplays } from '../support/replays.js';
import { withPageSize } from '../support/withPageSize.js';

describeOnEveryLayout('a replay that fails or is interrupted', context => {
  const { engine, layout, pokemons, tableNames, dynamoDbClient, requests } = context;
  const { tableName, newView, catchPokemon, catchMany } = useReplays(context);
  const tableCount = layout === 'single-table' ? 1 : 2;

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
    const onParked = jest.fn();
    const onFailure = (failure: unknown): void => void failures.push(failure);
    await replayEvents({ projections: [view], onFailure, onParked, maxAttempts: 2 });
    expect(onParked.mock.calls).toMatchObject([[{ projection: name, aggregateId: pikachu, version: 2 }]]);
    expect(failures).toMatchObject([{ kind: 'event', aggregateId: pikachu, version: 2, attempts: 2 }]);
    await expect(view.getView(pikachu)).resolves.toStrictEqual({ log: ['POKEMON_CAUGHT 1'] });
    await expect(view.getView(raichu)).resolves.toStrictEqual({ log: ['POKEMON_CAUGHT 1'] });

    const mended = newView({ name });
    const [parked] = await mended.listParked();
    await expect(mended.retryParked(parked as never)).resolves.toBe('done');
    expect((await view.getView(pikachu))?.log).toHaveLength(3);
  });

  it('stops, or tries again, if that is what onFailure wants', async () => {
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

  it('waits if there is no capacity, and ends if the table may not be read', async () => {
    for (const id of Array.from({ length: 10 }, newAggregateId)) await catchPokemon(id);
    const client = withPageSize(engine.client(), 2);
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

  it('goes on where it was interrupted, and begins anew when it was done or when that is asked for', async () => {
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

  it('begins anew if one of the projections was deleted meanwhile', async () => {
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

  it('rejects when what the other projections have begun has ended', async () => {
    await catchPokemon(newAggregateId());
    const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });
    const newHandler = (handle: () => Promise<void>) =>
      projection({ name: newName(), eventStores: [pokemons], checkpoints, on: { POKEMON_CAUGHT: handle } });
    const log: string[] = [];
    let begin = (): void => {};
    const hasBegun = new Promise<void>(resolve => (begin = resolve));
    let end = (): void => {};
    const mayEnd = new Promise<void>(resolve => (end = resolve));
    const failing = newHandler(async () => {
      await hasBegun;
      throw new RangeError('broken');
    });
    let begun = 0;
    const slow = newHandler(async () => {
      begun++;
      begin();
      await mayEnd;
      log.push('ended');
    });
    const onFailure: OnFailure = () => {
      setTimeout(end, 50);
      return 'stop';
    };
    const replayed = replayEvents({ projections: [failing, slow], onFailure, maxAttempts: 1 });
    await expect(replayed.finally(() => log.push('rejected'))).rejects.toThrow('broken');
    expect(begun).toBeGreaterThan(0);
    expect(log).toEqual([...Array.from({ length: begun }, () => 'ended'), 'rejected']);
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
});
