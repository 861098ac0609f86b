import { Command, EventStore, EventType, isEventAlreadyExistsError, tuple } from '@castore/core';

import { DynamoDbEventAlreadyExistsError } from '../src/index.js';
import { caught, context, describeOnEveryAdapter, newAggregateId, rejection } from './support.js';

describeOnEveryAdapter('pushEvent', ({ adapter, requests }) => {
  it('stores an event that is read back equal, in one request', async () => {
    const event = caught(newAggregateId(), 1, { payload: { level: 42, moves: ['thunder'] }, metadata: { by: 'ash' } });

    await expect(adapter.pushEvent(event, context)).resolves.toStrictEqual({ event });

    expect(requests).toHaveLength(1);
    await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
  });

  it('costs one write unit for a small event, and one more for its index entry if it is the first', async () => {
    const aggregateId = newAggregateId();

    await adapter.pushEvent(caught(aggregateId, 1), context);
    await adapter.pushEvent(caught(aggregateId, 2), context);

    expect(requests.map(({ operation, units }) => [operation, units])).toStrictEqual([
      ['PutItem', 2],
      ['PutItem', 1],
    ]);
  });

  it('keeps absent payload and metadata absent', async () => {
    const aggregateId = newAggregateId();
    const { event: pushed } = await adapter.pushEvent({ ...caught(aggregateId, 1), payload: undefined }, context);
    const { events } = await adapter.getEvents(aggregateId, context);

    const members = ['aggregateId', 'version', 'type', 'timestamp'];
    expect(Object.keys(pushed)).toStrictEqual(members);
    expect(events.map(event => Object.keys(event))).toStrictEqual([members]);
  });

  it.each<[string, object]>([
    ['a missing', {}],
    ['an undefined', { timestamp: undefined }],
  ])('turns %s timestamp into now, in ISO 8601 with milliseconds', async (_, given) => {
    const { timestamp: __, ...event } = caught(newAggregateId(), 1);

    const before = new Date().toISOString();
    const { event: pushed } = await adapter.pushEvent({ ...event, ...given }, context);
    const after = new Date().toISOString();

    expect(pushed.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(pushed.timestamp >= before && pushed.timestamp <= after).toBe(true);
    await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [pushed] });
  });

  it('resolves with what is stored, not with what was given', async () => {
    const event = caught(newAggregateId(), 1, { payload: { kept: 1, gone: undefined, zero: -0 } });

    const { event: pushed } = await adapter.pushEvent(event, context);

    expect(pushed.payload).toStrictEqual({ kept: 1, zero: 0 });
    await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [pushed] });
  });

  it('acknowledges one of 50 concurrent pushes, and gives the others a conflict with the winner', async () => {
    const aggregateId = newAggregateId();

    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, writer) =>
        adapter.pushEvent(caught(aggregateId, 1, { payload: { writer } }), context),
      ),
    );

    const winners = results.flatMap(result => (result.status === 'fulfilled' ? [result.value.event] : []));
    const errors = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));
    expect(winners).toHaveLength(1);
    expect(errors).toHaveLength(49);
    for (const error of errors) {
      expect(error).toBeInstanceOf(DynamoDbEventAlreadyExistsError);
      expect(isEventAlreadyExistsError(error)).toBe(true);
      expect(error).toMatchObject({ eventStoreId: context.eventStoreId, aggregateId, version: 1 });
      expect(error.winningEvent).toStrictEqual(winners[0]);
    }
    await expect(adapter.getEvents(aggregateId, context)).resolves.toStrictEqual({ events: winners });
  });

  it('does not acknowledge an equal event twice', async () => {
    const event = caught(newAggregateId(), 1, { payload: { equal: true } });
    await adapter.pushEvent(event, context);

    await expect(adapter.pushEvent(event, context)).rejects.toThrow(DynamoDbEventAlreadyExistsError);
  });

  it('shows no payload when a conflict is logged', async () => {
    const event = caught(newAggregateId(), 1, { payload: { secret: 'swordfish' } });
    await adapter.pushEvent(event, context);
    const error = await rejection(adapter.pushEvent(event, context));

    expect(JSON.stringify(error)).not.toContain('swordfish');
    expect((error as Error).message).not.toContain('swordfish');
    expect(Object.keys(error as Error)).not.toContain('winningEvent');
  });

  it('overwrites with force, and keeps a forced first event listed', async () => {
    const aggregateId = newAggregateId();
    await adapter.pushEvent(caught(aggregateId, 1, { payload: 'old' }), context);
    const corrected = caught(aggregateId, 1, { payload: 'new', timestamp: '2027-01-01T00:00:00.000Z' });

    await adapter.pushEvent(corrected, { ...context, force: true });

    await expect(adapter.getEvents(aggregateId, context)).resolves.toStrictEqual({ events: [corrected] });
    const { aggregateIds } = await adapter.listAggregateIds(context, { initialEventAfter: corrected.timestamp });
    expect(aggregateIds).toStrictEqual([{ aggregateId, initialEventTimestamp: corrected.timestamp }]);
  });

  it("lets Castore's Command retry on a conflict by itself", async () => {
    const levelledUp = new EventType<'LEVELLED_UP'>({ type: 'LEVELLED_UP' });
    const pokemons = new EventStore({
      eventStoreId: 'POKEMONS',
      eventTypes: [levelledUp],
      reducer: (aggregate: { aggregateId: string; version: number } | undefined, event) => ({
        aggregateId: event.aggregateId,
        version: (aggregate?.version ?? 0) + 1,
      }),
      eventStorageAdapter: adapter,
    });
    const levelUp = new Command({
      commandId: 'LEVEL_UP',
      requiredEventStores: tuple(pokemons),
      eventAlreadyExistsRetries: 50,
      handler: async ({ aggregateId }: { aggregateId: string }, [store]) => {
        const { aggregate } = await store.getAggregate(aggregateId);
        await store.pushEvent({ aggregateId, version: (aggregate?.version ?? 0) + 1, type: 'LEVELLED_UP' });
      },
    });
    const aggregateId = newAggregateId();

    await Promise.all(Array.from({ length: 10 }, () => levelUp.handler({ aggregateId }, [pokemons])));

    const { aggregate } = await pokemons.getExistingAggregate(aggregateId);
    expect(aggregate.version).toBe(10);
  });

  describe('with an event of about 400 KB', () => {
    it('stores 399 KB', async () => {
      const event = caught(newAggregateId(), 1, { payload: 'x'.repeat(399 * 1024) });
      await adapter.pushEvent(event, context);
      await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
    });

    it('refuses more before a request, with its size and the limit', async () => {
      const event = caught(newAggregateId(), 1, { payload: 'x'.repeat(400 * 1024) });
      await expect(adapter.pushEvent(event, context)).rejects.toMatchObject({
        code: 'EventTooLargeError',
        aggregateId: event.aggregateId,
        version: 1,
        size: expect.any(Number),
        limit: 409_600,
      });
      expect(requests).toHaveLength(0);
    });

    it('refuses a value that has no end, as its arrays share their elements', async () => {
      let payload: unknown = 'x';
      for (let level = 0; level < 30; level++) payload = [payload, payload];
      const event = caught(newAggregateId(), 1, { payload });
      await expect(adapter.pushEvent(event, context)).rejects.toMatchObject({ code: 'EventTooLargeError' });
    });

    it('refuses a key that is longer than any, and does not repeat it in the message', async () => {
      const key = 'k'.repeat(70_000);
      const error = await rejection(adapter.pushEvent(caught(newAggregateId(), 1, { payload: { [key]: 1 } }), context));
      expect(error).toMatchObject({ code: 'UnstorableValueError', path: `payload.${key}` });
      expect((error as Error).message.length).toBeLessThan(500);
    });

    it('measures as the engine does, to the byte', async () => {
      const event = caught(newAggregateId(), 2, {
        payload: { list: [1, 'é', null, true, 0, 1.5, 12.5, -1, -12.5, 12345.5, 1e-7], text: '' },
      });
      const sizeOf = async (text: string): Promise<number> => {
        const error = await rejection(
          adapter.pushEvent({ ...event, payload: { ...(event.payload as object), text } }, context),
        );
        return (error as { size: number }).size;
      };
      const excess = (await sizeOf('x'.repeat(500_000))) - 409_600;
      const text = 'x'.repeat(500_000 - excess);

      await adapter.pushEvent({ ...event, payload: { ...(event.payload as object), text } }, context);
      await expect(sizeOf(`${text}x`)).resolves.toBe(409_601);
    });
  });

  it.each([
    ['an empty aggregate id', { aggregateId: '' }, 'event.aggregateId'],
    ['an aggregate id over 2,048 bytes of key', { aggregateId: 'é'.repeat(1025) }, 'event.aggregateId'],
    ['half a surrogate pair', { aggregateId: 'a\ud800' }, 'event.aggregateId'],
    ['an aggregate id that is no string', { aggregateId: 42 }, 'event.aggregateId'],
    ['version 0', { version: 0 }, 'event.version'],
    ['a negative version', { version: -1 }, 'event.version'],
    ['a fractional version', { version: 1.5 }, 'event.version'],
    ['a version that is no number', { version: '1' }, 'event.version'],
    ['NaN as version', { version: Number.NaN }, 'event.version'],
    ['a version over 2^53 - 1', { version: 2 ** 53 }, 'event.version'],
    ['a type that is no string', { type: undefined }, 'event.type'],
    ['an empty timestamp', { timestamp: '' }, 'event.timestamp'],
    ['a timestamp that is no string', { timestamp: new Date() }, 'event.timestamp'],
    ['a timestamp in another form than toISOString', { timestamp: '2026-01-01T00:00:00Z' }, 'event.timestamp'],
    ['a timestamp of another time zone', { timestamp: '2026-01-01T00:00:00.000+02:00' }, 'event.timestamp'],
    ['a date for a timestamp', { timestamp: '2026-01-01' }, 'event.timestamp'],
    ['a day that there is not', { timestamp: '2026-02-30T00:00:00.000Z' }, 'event.timestamp'],
    ['a year after 9999', { timestamp: '+010000-01-01T00:00:00.000Z' }, 'event.timestamp'],
    ['a member that is not stored', { color: 'yellow' }, 'event.color'],
  ])('refuses %s before a request', async (_, wrong, argument) => {
    const event = { ...caught(newAggregateId(), 1), ...wrong } as never;
    await expect(adapter.pushEvent(event, context)).rejects.toMatchObject({ code: 'InvalidArgumentError', argument });
    expect(requests).toHaveLength(0);
  });

  it.each([
    ['no options', undefined, 'options'],
    ['no event store id', {}, 'options.eventStoreId'],
    ['an empty event store id', { eventStoreId: '' }, 'options.eventStoreId'],
    ['a force that is no boolean', { ...context, force: 'no' }, 'options.force'],
    ['an option that there is not', { ...context, Force: true }, 'options.Force'],
  ])('refuses %s before a request', async (_, options, argument) => {
    const pushing = adapter.pushEvent(caught(newAggregateId(), 1), options as never);
    await expect(pushing).rejects.toMatchObject({ code: 'InvalidArgumentError', argument });
    expect(requests).toHaveLength(0);
  });
});
