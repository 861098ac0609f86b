import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { InMemorySnapshotStorage, type SnapshotError, type SnapshotPolicy, withSnapshots } from '../src/index.js';
import { ranBackwards } from '../src/load/timeTravel.js';
import { newAggregateId, newPokemons, type PokemonEvent } from './pokemons.js';

const START = Date.UTC(2026, 0);
const MINUTE = 60_000;

/** So large that reading all is dearer than a bisection. */
const metadata = { by: 'ash'.repeat(1_000) };

const eventsAt = (aggregateId: string, times: readonly number[]): PokemonEvent[] =>
  times.map((time, index) => ({
    aggregateId,
    version: index + 1,
    timestamp: new Date(START + time).toISOString(),
    type: 'POKEMON_LEVELED_UP',
    payload: { by: 1 },
    metadata,
  }));

const threeLast: SnapshotPolicy = Object.assign(({ trigger }: { trigger: string }) => trigger === 'load', {
  tail: { events: 3 },
});

/** An event store that holds these events, with a snapshot at a version, and all that is read of them. */
const setUp = async (times: readonly number[], snapshotAt = 0) => {
  const aggregateId = newAggregateId();
  const events = eventsAt(aggregateId, times);
  const eventStore = newPokemons(new InMemoryEventStorageAdapter());
  const errors: SnapshotError[] = [];
  const pokemons = withSnapshots(eventStore, {
    storage: new InMemorySnapshotStorage(),
    reducerVersion: '1',
    policy: threeLast,
    onSnapshotError: error => void errors.push(error),
  });
  const holds = (initialEvents: PokemonEvent[]) => new InMemoryEventStorageAdapter({ initialEvents });
  if (snapshotAt > 0) {
    eventStore.eventStorageAdapter = holds(events.slice(0, snapshotAt));
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
  }
  const adapter = holds(events);
  const read: PokemonEvent[][] = [];
  eventStore.eventStorageAdapter = Object.assign(Object.create(adapter), {
    getEvents: async (...args: Parameters<typeof adapter.getEvents>) => {
      const answer = await adapter.getEvents(...args);
      read.push(answer.events as PokemonEvent[]);
      return answer;
    },
  });
  const versionAt = async (time: number) => {
    const at = new Date(START + time).toISOString();
    const { aggregate, lastEvent } = await pokemons.getAggregate(aggregateId, { at });
    const expected = events.findLast(({ timestamp }) => timestamp <= at);
    if (aggregate?.version === expected?.version) {
      expect(aggregate?.level ?? 0).toBe(expected?.version ?? 0);
      expect(lastEvent).toStrictEqual(expected);
    }
    return { found: aggregate?.version, expected: expected?.version };
  };
  return { versionAt, read, errors };
};

const steps = fc.array(fc.constantFrom(0, 1, 1_000, MINUTE, 60 * MINUTE), {
  minLength: 60,
  maxLength: 300,
  size: 'max',
});
const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });

/** Times that grow by these steps, each off by what `drift` says. */
const grow = (by: readonly number[], drift: (index: number) => number): number[] => {
  let time = 0;
  return by.map((step, index) => (time += step) + drift(index));
};

describe('the instant of a long aggregate', () => {
  it(
    'is found exactly if no event is stamped more than a minute earlier than one before it',
    async () => {
      const drifts = fc.infiniteStream(fc.integer({ min: 0, max: MINUTE }));
      const property = fc.asyncProperty(
        steps,
        drifts,
        places,
        fc.nat({ max: 60 }),
        async (by, drift, at, snapshotAt) => {
          const times = grow(by, () => drift.next().value as number);
          const { versionAt, errors } = await setUp(times, snapshotAt);
          for (const place of at) {
            const time = (times[Math.floor(place * (times.length - 1))] ?? 0) + Math.round(place * 3) - 1;
            const { found, expected } = await versionAt(time);
            expect(found).toBe(expected);
          }
          expect(errors).toStrictEqual([]);
        },
      );
      await checkProperty(property, { quick: 25, soak: 3_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'is wrong only if clocks ran backwards by more, and nothing that was read shows it',
    async () => {
      const jumps = fc.array(fc.record({ index: fc.nat({ max: 300 }), by: fc.integer({ min: MINUTE, max: 1e8 }) }), {
        minLength: 1,
        maxLength: 4,
      });
      const property = fc.asyncProperty(steps, jumps, places, async (by, back, at) => {
        const times = grow(
          by,
          index => -back.filter(jump => jump.index === index).reduce((sum, jump) => sum + jump.by, 0),
        );
        const { versionAt, read } = await setUp(times);
        for (const place of at) {
          read.splice(0);
          const { found, expected } = await versionAt(times[Math.floor(place * (times.length - 1))] ?? 0);
          if (found !== expected) expect(ranBackwards(read.flat())).toBe(false);
        }
      });
      await checkProperty(property, { quick: 25, soak: 3_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  const everyMinute = (count: number) => Array.from({ length: count }, (_, index) => index * MINUTE);

  it('at the beginning of 50,000 events takes about 16 single reads', async () => {
    const { versionAt, read } = await setUp(everyMinute(50_000));
    await expect(versionAt(5.5 * MINUTE)).resolves.toStrictEqual({ found: 6, expected: 6 });
    const sizes = read.map(({ length }) => length);
    expect(sizes.length).toBeLessThanOrEqual(22);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(50);
  });

  it('that a snapshot has passed is looked for after that snapshot', async () => {
    const { versionAt, read } = await setUp(everyMinute(5_000), 4_900);
    await expect(versionAt(4_910 * MINUTE)).resolves.toStrictEqual({ found: 4_911, expected: 4_911 });
    expect(Math.min(...read.flat().map(({ version }) => version))).toBeGreaterThanOrEqual(4_900);
    expect(read.length).toBeLessThanOrEqual(12);
  });

  it.each([
    ['a probe', 400, 600],
    ['an event that is folded', 3, 4],
  ])('is found by reading everything if %s shows that clocks cannot be trusted', async (_, from, to) => {
    const times = everyMinute(1_000);
    times.fill(2_000 * MINUTE, from - 1, to - 1);
    times[899] = 2.5 * MINUTE;
    const { versionAt } = await setUp(times);
    await expect(versionAt(5 * MINUTE)).resolves.toStrictEqual({ found: 900, expected: 900 });
  });

  it('is found if the time of a probe cannot be read', async () => {
    const aggregateId = newAggregateId();
    const events = eventsAt(aggregateId, everyMinute(1_000));
    for (const event of events) if (event.version > 400 && event.version < 600) event.timestamp = 'yesterday';
    const adapter = new InMemoryEventStorageAdapter({ initialEvents: events });
    const options = { storage: new InMemorySnapshotStorage(), reducerVersion: '1', policy: threeLast };
    const pokemons = withSnapshots(newPokemons(adapter), options);
    const at = new Date(START + 650.5 * MINUTE).toISOString();
    await expect(pokemons.getAggregate(aggregateId, { at })).resolves.toMatchObject({ aggregate: { version: 651 } });
    const before = new Date(START + 500 * MINUTE).toISOString();
    await expect(pokemons.getAggregate(aggregateId, { at: before })).resolves.toMatchObject({
      aggregate: { version: 400 },
    });
  });
});
