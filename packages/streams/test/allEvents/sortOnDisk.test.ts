import {
  type AttributeValue,
  DeleteItemCommand,
  PutItemCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import { type ReadAllEventsOptions, readAllEvents } from '../../src/index.js';
import { crashAt } from '../support/crash.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { connectEventStores, newPokemons } from '../support/eventStores.js';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

/** A member named `__proto__`, set as many versions of the SDK do. */
const loseProto = (members: Record<string, AttributeValue>): void => {
  if (!Object.hasOwn(members, '__proto__')) return;
  Reflect.deleteProperty(members, '__proto__');
  Object.setPrototypeOf(members, { M: {} });
};

describeOnEveryLayout('readAllEvents that sorts on disk', context => {
  const { engine, layout, pokemons, trainers, tableNames, dynamoDbClient, requests } = context;
  const eventStores = [pokemons, trainers];
  const tableCount = layout === 'single-table' ? 1 : 2;
  type Options = Omit<ReadAllEventsOptions, 'eventStores' | 'eventTypes'>;
  const all = async (options: Options = {}): Promise<string[]> => {
    const names: string[] = [];
    for await (const { event } of readAllEvents({ eventStores, sortOnDisk: true, ...options })) {
      names.push(`${event.aggregateId} ${event.version}`);
    }
    return names;
  };
  const put = async (pk: string, version: string, members: Record<string, AttributeValue>): Promise<() => unknown> => {
    const isSingle = layout === 'single-table' && !pk.startsWith('#');
    const Key = { aggregateId: { S: isSingle ? `POKEMONS#${pk}` : pk }, version: { N: version } };
    const TableName = tableNames.pokemons;
    await dynamoDbClient.send(new PutItemCommand({ TableName, Item: { ...Key, ...members } }));
    return () => dynamoDbClient.send(new DeleteItemCommand({ TableName, Key }));
  };
  const event = (timestamp: string): Record<string, AttributeValue> => ({
    type: { S: 'POKEMON_NAMED' },
    timestamp: { S: timestamp },
  });

  beforeAll(async () => {
    for (const [index, aggregateId] of ['raichu', 'pikachu', 'mew'].entries()) {
      for (const version of [1, 2, 3]) {
        const payload = { trainerId: 'ash' };
        const timestamp = at(10 * version - index);
        await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_CAUGHT', payload, timestamp });
      }
    }
    const payload = { name: 'Ash' };
    await trainers.pushEvent({ aggregateId: 'ash', version: 1, type: 'TRAINER_CREATED', payload, timestamp: at(15) });
  });
  const inOrder = [1, 2, 3].flatMap(version => [
    ...['mew', 'pikachu', 'raichu'].map(id => `${id} ${version}`),
    ...(version === 1 ? ['ash 1'] : []),
  ]);

  it('reads the tables once, whatever their aggregates are, and nothing else', async () => {
    await expect(all()).resolves.toStrictEqual(inOrder);
    expect(requests.map(({ operation }) => operation)).toStrictEqual(
      Array.from({ length: 4 * tableCount }, () => 'Scan'),
    );
    // A unit for each 4 KB, and one for each part of a table that has anything.
    const units = requests.reduce((sum, request) => sum + (request.units ?? 0), 0);
    expect(units).toBeLessThanOrEqual(4 * tableCount);
  });

  it('passes over what is no event, and aggregates without a first version', async () => {
    const remove = [
      await put('#snapshots', '1.5', { state: { S: 'x' } }),
      await put('torn', '2', event(at(1))),
      await put('torn', '3', event(at(2))),
      await put('mew', '7.5', event(at(3))),
    ];
    await expect(all()).resolves.toStrictEqual(inOrder);
    for (const each of remove) await each();
  });

  it('gives events with members that some versions of the SDK lose in a Scan', async () => {
    const payload = JSON.parse('{"__proto__":{"trainerId":"ash"},"trainerId":"misty"}') as { trainerId: string };
    await pokemons.pushEvent({ aggregateId: 'odd', version: 1, type: 'POKEMON_CAUGHT', payload, timestamp: at(60) });
    const client = engine.client();
    client.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          const reply = await next(args);
          if (commandName !== 'ScanCommand') return reply;
          for (const { payload: value } of (reply.output as Partial<ScanCommandOutput>).Items ?? []) {
            if (value?.M !== undefined) loseProto(value.M);
          }
          return reply;
        },
      { step: 'initialize' },
    );
    for (const store of [pokemons, connectEventStores(layout, client, tableNames).pokemons]) {
      const { value } = await readAllEvents({ eventStores: [store], sortOnDisk: true, from: at(60) }).next();
      expect(JSON.stringify(value?.event)).toContain('"__proto__":{"trainerId":"ash"}');
    }
    await (await put('odd', '1', {}))();
  });

  it('fails with the event that cannot be read, by name, when its turn has come', async () => {
    const remove = await put('bad', '1', { ...event(at(12)), payload: { N: '9007199254740993.5' } });
    const names: string[] = [];
    const read = async (): Promise<void> => {
      for await (const { event: one } of readAllEvents({ eventStores, sortOnDisk: true })) names.push(one.aggregateId);
    };
    await expect(read()).rejects.toMatchObject({ code: 'UnreadableEventError', aggregateId: 'bad', version: 1 });
    expect(names).toStrictEqual(['mew', 'pikachu', 'raichu']);
    await remove();
  });

  it('ends with the error of a request, and when nobody comes for more', async () => {
    const client = engine.client();
    crashAt(client, { request: 2, isSent: false });
    const { pokemons: dying } = connectEventStores(layout, client, tableNames);
    const reading = readAllEvents({ eventStores: [dying], sortOnDisk: true });
    await expect(reading.next()).rejects.toThrow('The process died');
    await expect(reading.next()).resolves.toStrictEqual({ done: true, value: undefined });

    const early = readAllEvents({ eventStores, sortOnDisk: true });
    await early.next();
    await early.return();
    await expect(early.next()).resolves.toStrictEqual({ done: true, value: undefined });
  });

  it('fails before it reads anything if it could not write to the directory', async () => {
    requests.splice(0);
    const reading = readAllEvents({ eventStores, sortOnDisk: { directory: '/this/is/nowhere' } });
    await expect(reading.next()).rejects.toMatchObject({
      code: 'ENOENT',
      message: expect.stringContaining('/this/is/nowhere'),
    });
    expect(requests).toHaveLength(0);
  });

  it.each<[string, unknown, object]>([
    ['sortOnDisk', 'yes', {}],
    ['sortOnDisk.directory', { directory: 7 }, {}],
    ['sortOnDisk.folder', { folder: '/tmp' }, {}],
    ['sortOnDisk', true, { eventStores: [newPokemons(new InMemoryEventStorageAdapter())] }],
  ])('refuses by name: %s, %j', (argument, sortOnDisk, options) => {
    expect(() => readAllEvents({ eventStores, sortOnDisk: sortOnDisk as never, ...options })).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument }),
    );
  });
});
