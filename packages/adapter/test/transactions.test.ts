import { inspect } from 'node:util';

import { EventStore, EventType, isEventAlreadyExistsError } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import { formatEventForTransaction, pushEventsTransaction } from '../src/index.js';
import { caught, context, describeOnEveryAdapter, newAggregateId, rejection } from './support.js';

const createStores = (eventStorageAdapter: EventStore['eventStorageAdapter']) => {
  const options = {
    reducer: (
      _: { aggregateId: string; version: number },
      { aggregateId, version }: { aggregateId: string; version: number },
    ) => ({
      aggregateId,
      version,
    }),
    ...(eventStorageAdapter === undefined ? {} : { eventStorageAdapter }),
  };
  return {
    pokemons: new EventStore({
      eventStoreId: 'POKEMONS',
      eventTypes: [new EventType<'CAUGHT', { level: number }>({ type: 'CAUGHT' })],
      ...options,
    }),
    trainers: new EventStore({
      eventStoreId: 'TRAINERS',
      eventTypes: [new EventType<'CATCHES_COUNTED', { count: number }>({ type: 'CATCHES_COUNTED' })],
      ...options,
    }),
  };
};

const caughtAt = (aggregateId: string) => ({ aggregateId, version: 1, type: 'CAUGHT', payload: { level: 5 } }) as const;
const counted = (aggregateId: string) =>
  ({ aggregateId, version: 1, type: 'CATCHES_COUNTED', payload: { count: 1 } }) as const;

describeOnEveryAdapter('pushEventsTransaction', ({ adapter, engine, requests, layout }) => {
  const { pokemons, trainers } = createStores(adapter);

  it('writes events of several event stores, all or none, and tells what was written', async () => {
    const [pikachu, ash] = [newAggregateId(), newAggregateId()];

    const { eventGroup } = await pushEventsTransaction([
      formatEventForTransaction(pokemons, caughtAt(pikachu)),
      formatEventForTransaction(trainers, counted(ash)),
    ]);

    await expect(pokemons.getEvents(pikachu)).resolves.toStrictEqual({ events: [eventGroup[0].event] });
    expect(eventGroup[0].event.payload.level).toBe(5);
    expect(eventGroup[1].nextAggregate).toStrictEqual({ aggregateId: ash, version: 1 });
    expect(requests[0]?.operation).toBe('TransactWriteItems');
  });

  it('fails with the coded conflict, and writes nothing', async () => {
    const [pikachu, ash] = [newAggregateId(), newAggregateId()];
    await trainers.pushEvent(counted(ash));

    const error = await rejection(
      pushEventsTransaction([
        formatEventForTransaction(pokemons, caughtAt(pikachu)),
        formatEventForTransaction(trainers, counted(ash)),
      ]),
    );

    expect(isEventAlreadyExistsError(error)).toBe(true);
    expect(error).toMatchObject({ eventStoreId: 'TRAINERS', aggregateId: ash, version: 1 });
    await expect(pokemons.getEvents(pikachu)).resolves.toStrictEqual({ events: [] });
  });

  it('goes through another client on request', async () => {
    const client = engine.client();
    let sent = 0;
    client.middlewareStack.add(next => args => {
      sent += 1;
      return next(args);
    });

    await pushEventsTransaction(
      [
        formatEventForTransaction(pokemons, caughtAt(newAggregateId())),
        formatEventForTransaction(pokemons, caughtAt(newAggregateId())),
      ],
      { dynamoDbClient: client },
    );

    expect(sent).toBe(1);
    expect(requests).toHaveLength(0);
  });

  if (layout === 'single-table') {
    it('refuses an event store with a foreign adapter, and a transaction of nothing', async () => {
      const { pokemons: foreign } = createStores(new InMemoryEventStorageAdapter());
      expect(() => formatEventForTransaction(foreign, caughtAt('1'))).toThrow(
        expect.objectContaining({ code: 'InvalidEventGroupError', reason: 'foreign-adapter' }),
      );
      const error = await rejection(pushEventsTransaction([] as never));
      expect(error).toMatchObject({ code: 'InvalidEventGroupError', reason: 'no-events' });
    });

    it('refuses more events than a transaction, or an array, can hold, and an array with holes', async () => {
      const event = formatEventForTransaction(pokemons, caughtAt(newAggregateId()));
      const tooMany = await rejection(pushEventsTransaction(Array<unknown>(300_000).fill(event) as never));
      expect(tooMany).toMatchObject({ code: 'InvalidEventGroupError', reason: 'too-many-events' });
      const withHole = await rejection(pushEventsTransaction(Object.assign([], { 1: event }) as never));
      expect(withHole).toMatchObject({ code: 'InvalidEventGroupError', reason: 'not-a-grouped-event', eventIndex: 0 });
    });
  }
});

describeOnEveryAdapter('a conflict that is logged', ({ adapter }) => {
  const grouped = (aggregateId: string, version: number) =>
    Object.assign(adapter.groupEvent({ ...caught(aggregateId, version), timestamp: '2026-01-01T00:00:00.000Z' }), {
      context,
    });

  it.each([
    ['an event', (id: string) => adapter.pushEvent(caught(id, 1), context)],
    ['a group', (id: string) => adapter.pushEventGroup({}, grouped(id, 1), grouped(id, 2))],
  ])('shows no payload to whoever prints its members and those of its cause (%s)', async (_, push) => {
    const aggregateId = newAggregateId();
    const { event } = await adapter.pushEvent(caught(aggregateId, 1, { payload: { card: '4111-SECRET' } }), context);

    const error = await rejection(push(aggregateId));

    expect(error).toMatchObject({ winningEvent: event, cause: { name: expect.stringMatching(/Exception$/) } });
    expect(inspect(error, { depth: null })).not.toContain('SECRET');
    expect(JSON.stringify([error, (error as Error).cause])).not.toContain('SECRET');
  });
});
