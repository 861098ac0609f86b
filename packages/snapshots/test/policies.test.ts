import { everyNEvents, whenLoadCosts } from '../src/index.js';
import { setUp } from './inMemory.js';
import { push } from './pokemons.js';

describe('a policy', () => {
  it.each([0, -1, 1.5, Number.NaN, '5', undefined])('is refused with %p events', n => {
    expect(() => everyNEvents(n as never)).toThrow(expect.objectContaining({ argument: 'n' }));
  });

  it.each([0, -1, Number.NaN, undefined])('is refused with %p read units', readUnits => {
    expect(() => whenLoadCosts({ readUnits: readUnits as never })).toThrow(
      expect.objectContaining({ argument: 'options.readUnits' }),
    );
  });

  it('is called with what happened', async () => {
    const occasions: unknown[] = [];
    const { pokemons, aggregateId } = setUp({
      policy: occasion => {
        occasions.push({ ...occasion });
        return occasion.version === 2;
      },
    });
    await push(pokemons, aggregateId, 1, 3);
    await pokemons.snapshots.settled();
    await pokemons.getAggregate(aggregateId);
    expect(occasions).toStrictEqual([
      { trigger: 'push', aggregateId, version: 1 },
      { trigger: 'push', aggregateId, version: 2 },
      { trigger: 'push', aggregateId, version: 3 },
      { trigger: 'load', aggregateId, version: 3, events: 1, readUnits: 1 },
    ]);
  });

  it('that names a cost asks for fewer events at once, the larger they are', async () => {
    const { eventStore, pokemons, aggregateId } = setUp({ policy: whenLoadCosts({ readUnits: 3 }) });
    const limits: unknown[] = [];
    const adapter = eventStore.getEventStorageAdapter();
    const getEvents = adapter.getEvents.bind(adapter);
    adapter.getEvents = (id, context, options) => {
      limits.push(options?.limit);
      return getEvents(id, context, options);
    };
    const name = 'x'.repeat(8000);
    await eventStore.pushEvent({ aggregateId, version: 1, type: 'POKEMON_APPEARED', payload: { name, level: 1 } });
    for (let load = 0; load < 30; load++) await pokemons.getAggregate(aggregateId);

    expect(limits[0]).toBe(13);
    expect(limits.at(-1)).toBe(3);
  });
});
