import { setTimeout as sleep } from 'node:timers/promises';

import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type EventDetail, EventStore, NotificationMessageQueue } from '@castore/core';
import { pourEventStoreCollectionEvents } from '@castore/lib-dam';

import { type ReadAllEventsOptions, readAllEvents } from '../../src/index.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import type { Pokemons, Trainers } from '../support/eventStores.js';

const nameOf = ({ event }: { event: EventDetail }): string => `${event.aggregateId} ${event.version}`;

/** So many seconds after the first event of all. */
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

describeOnEveryLayout('readAllEvents', ({ pokemons, trainers, requests }) => {
  const eventStores = [pokemons, trainers];
  type Options = Omit<ReadAllEventsOptions<Pokemons | Trainers>, 'eventStores'>;
  const all = async (options: Options = {}): Promise<string[]> => {
    const names: string[] = [];
    for await (const message of readAllEvents({ eventStores, ...options })) names.push(nameOf(message));
    return names;
  };
  const catchPokemon = async (aggregateId: string, version: number, timestamp: string): Promise<void> => {
    const payload = { trainerId: 'ash' };
    await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_CAUGHT', payload, timestamp });
  };
  const namePokemon = async (aggregateId: string, version: number, timestamp: string): Promise<void> => {
    await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: 'Pika', metadata: 1, timestamp });
  };

  beforeAll(async () => {
    await trainers.pushEvent({
      aggregateId: 'ash',
      version: 1,
      type: 'TRAINER_CREATED',
      payload: { name: 'Ash' },
      timestamp: at(2),
    });
    await catchPokemon('pikachu', 1, at(1));
    await catchPokemon('pikachu', 2, at(4));
    // A clock that runs backwards.
    await namePokemon('pikachu', 3, at(2));
    await catchPokemon('pikachu', 4, at(6));
    await catchPokemon('raichu', 1, at(3));
    await namePokemon('raichu', 2, at(5));
    await catchPokemon('raichu', 3, at(7));
  });

  const inOrder = ['pikachu 1', 'ash 1', 'raichu 1', 'pikachu 2', 'pikachu 3', 'raichu 2', 'pikachu 4', 'raichu 3'];

  it.each([1, 2, 100])('gives the events of all event stores in time order, %d in memory', async bufferedEvents => {
    await expect(all({ bufferedEvents })).resolves.toStrictEqual(inOrder);
  });

  it('gives them as they were pushed, with their event stores', async () => {
    const { value } = await readAllEvents({ eventStores, from: at(2) }).next();
    expect(value).toStrictEqual({
      eventStoreId: 'TRAINERS',
      event: { aggregateId: 'ash', version: 1, type: 'TRAINER_CREATED', payload: { name: 'Ash' }, timestamp: at(2) },
    });
  });

  it.each<[string, Options, string[]]>([
    ['from a time on', { from: at(4) }, inOrder.slice(3)],
    ['until a time', { to: at(4) }, inOrder.slice(0, 5)],
    ['in a time that nothing has', { from: '2027', to: '2028' }, []],
    ['in a time', { from: at(2), to: at(3) }, ['ash 1', 'raichu 1']],
    ['of a type', { eventTypes: ['POKEMON_NAMED', 'TRAINER_CREATED'] }, ['ash 1', 'pikachu 3', 'raichu 2']],
  ])('%s', async (_, options, expected) => {
    await expect(all(options)).resolves.toStrictEqual(expected);
  });

  it('goes on after any event', async () => {
    for (const [index, name] of inOrder.entries()) {
      const [aggregateId = '', version] = name.split(' ');
      const eventStoreId = aggregateId === 'ash' ? 'TRAINERS' : 'POKEMONS';
      const after = { eventStoreId, aggregateId, version: Number(version) };
      await expect(all({ after })).resolves.toStrictEqual(inOrder.slice(index + 1));
    }
    await expect(
      all({ after: { eventStoreId: 'POKEMONS', aggregateId: 'pikachu', version: 5 } }),
    ).rejects.toMatchObject({
      code: 'InvalidArgumentError',
      argument: 'after',
    });
  });

  it('gives what lib-dam pours, in the same order', async () => {
    const poured: string[] = [];
    const messageChannel = new NotificationMessageQueue({
      messageQueueId: 'poured',
      sourceEventStores: eventStores,
      messageQueueAdapter: {
        publishMessage: async message => void poured.push(nameOf(message as never)),
        publishMessages: async messages => void poured.push(...messages.map(message => nameOf(message as never))),
      },
    });
    await pourEventStoreCollectionEvents({ eventStores, messageChannel });
    expect(poured.toSorted()).toStrictEqual(inOrder.toSorted());
    // It knows of no clocks that run backwards.
    const others = (name: string): boolean => name !== 'pikachu 3';
    expect(poured.filter(others)).toStrictEqual(inOrder.filter(others));
  });

  it('asks for the events of each aggregate once, and of one after the other if nobody comes for them', async () => {
    await all();
    const count = (isIndex: boolean): number =>
      requests.filter(({ input }) => (input['IndexName'] !== undefined) === isIndex).length;
    expect([count(true), count(false)]).toStrictEqual([2, 3]);

    requests.splice(0);
    await all({ bufferedEvents: 1 });
    // One request for each event, and one at the end of each aggregate, which tells that there are no more.
    expect(count(false)).toBe(8 + 3);

    requests.splice(0);
    const reading = readAllEvents({ eventStores, bufferedEvents: 1 });
    await reading.next();
    await reading.return();
    await sleep(50);
    const sent = requests.length;
    expect(sent).toBeLessThan(8);
    await sleep(50);
    expect(requests).toHaveLength(sent);
  });

  it('does not read aggregates that begin after the end', async () => {
    await all({ to: at(1) });
    const read = requests.filter(({ input }) => input['IndexName'] === undefined);
    expect(read).toHaveLength(1);
  });

  it('reads long aggregates a hundred events at a time', async () => {
    const long = Array.from({ length: 250 }, (_, index) =>
      pokemons.groupEvent({
        aggregateId: 'long',
        version: index + 1,
        type: 'POKEMON_CAUGHT',
        payload: { trainerId: 'ash' },
        timestamp: '2030-01-01T00:00:00.000Z',
      }),
    );
    for (let start = 0; start < long.length; start += 100) {
      await EventStore.pushEventGroup({}, ...(long.slice(start, start + 100) as [(typeof long)[0]]));
    }
    requests.splice(0);
    const names = await all({ from: '2030' });
    expect(names).toStrictEqual(Array.from({ length: 250 }, (_, index) => `long ${index + 1}`));
    // 2 lists, 3 short aggregates, and 100 + 100 + 50 events.
    expect(requests).toHaveLength(2 + 3 + 3);
  });
});

describeOnEveryLayout(
  'readAllEvents with timestamps of all forms',
  ({ layout, pokemons, tableNames, dynamoDbClient }) => {
    /** As another adapter may have written it. */
    const put = async (aggregateId: string, version: number, timestamp: string): Promise<void> => {
      const isSingle = layout === 'single-table';
      const first = isSingle ? { eventStoreId: { S: 'POKEMONS' } } : { isInitialEvent: { N: '1' } };
      const Item: Record<string, AttributeValue> = {
        aggregateId: { S: isSingle ? `POKEMONS#${aggregateId}` : aggregateId },
        version: { N: String(version) },
        type: { S: 'POKEMON_NAMED' },
        timestamp: { S: timestamp },
        payload: { S: 'Pika' },
        metadata: { N: '1' },
        ...(version === 1 && first),
      };
      await dynamoDbClient.send(new PutItemCommand({ TableName: tableNames.pokemons, Item }));
    };
    type Times = Pick<ReadAllEventsOptions, 'from' | 'to'>;
    const all = async (options: Times = {}): Promise<string[]> => {
      const names: string[] = [];
      for await (const message of readAllEvents({ eventStores: [pokemons], ...options })) names.push(nameOf(message));
      return names;
    };

    beforeAll(async () => {
      await put('date', 1, '2026-01-01');
      await put('utc', 1, '2026-01-01T10:00:00.000Z');
      await put('utc', 2, '2026-01-01T13:30:00.000Z');
      await put('seconds', 1, '2026-01-01T10:30:00Z');
      await put('east', 1, '2026-01-01T13:00:00+02:00');
      await put('east', 2, 'no instant');
      await put('east', 3, '2026-01-01T13:00:00');
      await put('later', 1, '2026-01-01T14:00:00.000Z');
    });

    // 11:00, 11:00 and 13:00 in UTC.
    const inOrder = ['date 1', 'utc 1', 'seconds 1', 'east 1', 'east 2', 'east 3', 'utc 2', 'later 1'];

    it('orders events by what their timestamps mean', async () => {
      await expect(all()).resolves.toStrictEqual(inOrder);
    });

    it.each<[string, Times, string[]]>([
      ['an instant on', { from: '2026-01-01T11:00:00Z' }, inOrder.slice(3)],
      ['an instant of another zone on', { from: '2026-01-01T12:00:00+01:00' }, inOrder.slice(3)],
      ['a date on', { from: '2026-01-01' }, inOrder],
      ['the next date on', { from: '2026-01-02' }, []],
    ])('gives those from %s', async (_, options, expected) => {
      await expect(all(options)).resolves.toStrictEqual(expected);
    });

    it.each<[string, string[]]>([
      ['2026-01-01', ['date 1']],
      ['2026-01-01T11:00Z', inOrder.slice(0, 5)],
      ['2026-01-01T10:59:59.999Z', inOrder.slice(0, 3)],
      ['2026-01-01T14:00:00+01:00', inOrder.slice(0, 6)],
    ])('gives those until %s, an aggregate too whose first timestamp has a later text', async (to, expected) => {
      await expect(all({ to })).resolves.toStrictEqual(expected);
    });
  },
);
