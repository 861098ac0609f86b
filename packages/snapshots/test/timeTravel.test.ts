import { everyNEvents } from '../src/index.js';
import { never, setUp } from './inMemory.js';
import { pokemonEvent, push, pushAndSettle } from './pokemons.js';

describe('time travel', () => {
  const day = (hours: number) => new Date(Date.UTC(2026, 0, 1, hours)).toISOString();

  it('finds the last event that is not later, at every instant, with snapshots and without', async () => {
    const { eventStore, pokemons, aggregateId } = setUp({
      policy: Object.assign(everyNEvents(5), { tail: { events: 3 } }),
    });
    await pushAndSettle(pokemons, aggregateId, 1, 23);
    for (let minute = 0; minute <= 240; minute += 5) {
      const at = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
      const maxVersion = Math.min(23, Math.floor(minute / 10));
      const { aggregate, lastEvent, snapshot } = await pokemons.getAggregate(aggregateId, { at });
      const replayed = await eventStore.getAggregate(aggregateId, { maxVersion });
      expect(aggregate).toStrictEqual(replayed.aggregate);
      expect(lastEvent).toStrictEqual(replayed.lastEvent);
      expect(snapshot?.version ?? 0).toBe(Math.floor(maxVersion / 5) * 5);
    }
  });

  it('goes back in ever longer strides', async () => {
    const { eventStore, pokemons, aggregateId } = setUp({
      policy: Object.assign(() => false, { tail: { events: 3 } }),
    });
    await push(pokemons, aggregateId, 1, 100);
    const limits: unknown[] = [];
    const adapter = eventStore.getEventStorageAdapter();
    const getEvents = adapter.getEvents.bind(adapter);
    adapter.getEvents = (id, context, options) => {
      limits.push(options?.limit);
      return getEvents(id, context, options);
    };
    const { aggregate } = await pokemons.getAggregate(aggregateId, { at: pokemonEvent(aggregateId, 10).timestamp });
    expect(aggregate?.version).toBe(10);
    // The last stride reaches back to version 8; what is before it is read at once.
    expect(limits).toStrictEqual([3, 6, 12, 24, 48, undefined]);
  });

  it('goes by version order if clocks ran backwards', async () => {
    const { eventStore, pokemons, aggregateId } = setUp({ policy: never });
    const hours = [1, 5, 3, 4, 9];
    for (const [index, hour] of hours.entries()) {
      await eventStore.pushEvent({ ...pokemonEvent(aggregateId, index + 1), timestamp: day(hour) });
    }
    const versionAt = async (hour: number) =>
      (await pokemons.getAggregate(aggregateId, { at: day(hour) })).aggregate?.version;
    await expect(Promise.all([0, 1, 2, 3, 4, 5, 8, 9].map(versionAt))).resolves.toStrictEqual([
      undefined,
      1,
      1,
      3,
      4,
      4,
      4,
      5,
    ]);
  });

  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T02:30:00+02:00', '2026-01-01T01:00:00.000Z'],
    ['2026', '2026-01-01T00:30', '2026-01-01T01:00:00'],
    ['2026-01-01', '2025-12-31T19:30:00-0500', '2026-01-01T00:59:59.9991Z'],
  ])('compares instants, however they are written: %s, %s, %s', async (...timestamps) => {
    const { eventStore, pokemons, aggregateId } = setUp({ policy: never });
    for (const [index, timestamp] of timestamps.entries()) {
      await eventStore.pushEvent({ ...pokemonEvent(aggregateId, index + 1), timestamp });
    }
    const at = async (instant: string) =>
      (await pokemons.getAggregate(aggregateId, { at: instant })).aggregate?.version;
    await expect(at('2025-12-31T23:59:59.999')).resolves.toBeUndefined();
    await expect(at('2026')).resolves.toBe(1);
    await expect(at('2026-01-01')).resolves.toBe(1);
    await expect(at('2026-01-01T00:29:59.999Z')).resolves.toBe(1);
    await expect(at('2026-01-01T00:30')).resolves.toBe(2);
    await expect(at('2026-01-01T00:30:00.000Z')).resolves.toBe(2);
    await expect(at('2026-01-01T00:59:59.999')).resolves.toBe(2);
    await expect(at('2026-01-01T03:00+02')).resolves.toBe(3);
    await expect(at('2025-12-31T20:00:00-05:00')).resolves.toBe(3);
  });

  it('never ends at an event whose timestamp is no instant', async () => {
    const { eventStore, pokemons, aggregateId } = setUp({ policy: never });
    for (const [index, timestamp] of [day(1), 'yesterday', day(2), '2026-02-30T00:00:00.000Z'].entries()) {
      await eventStore.pushEvent({ ...pokemonEvent(aggregateId, index + 1), timestamp });
    }
    const versionAt = async (at: string) => (await pokemons.getAggregate(aggregateId, { at })).aggregate?.version;
    await expect(versionAt(day(1))).resolves.toBe(1);
    await expect(versionAt('2030')).resolves.toBe(3);
  });

  it('looks no further than maxVersion if both are given', async () => {
    const { pokemons, aggregateId } = setUp();
    await push(pokemons, aggregateId, 1, 12);
    await pokemons.snapshots.settled();
    const { aggregate } = await pokemons.getAggregate(aggregateId, { at: day(24), maxVersion: 7 });
    expect(aggregate).toMatchObject({ version: 7 });
  });

  it.each(['yesterday', '', 5, new Date(), '1', 'at 7', '2026-02-30', '2026-13', '2026-01-01T24:30', ' 2026', '2026 '])(
    'refuses %p',
    async at => {
      const { pokemons, aggregateId } = setUp();
      const loading = pokemons.getAggregate(aggregateId, { at: at as never });
      await expect(loading).rejects.toMatchObject({ code: 'InvalidArgumentError', argument: 'options.at' });
    },
  );

  it('refuses options that do not exist', async () => {
    const { pokemons, aggregateId } = setUp();
    const loading = pokemons.getAggregate(aggregateId, { maxversion: 3 } as never);
    await expect(loading).rejects.toMatchObject({ argument: 'options.maxversion' });
  });
});
