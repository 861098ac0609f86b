import { describeInEventTable } from './eventTable.js';
import { newAggregateId, pokemonEvent } from './pokemons.js';

/** Ten minutes between two groups of a hundred events. */
const timestampOf = (first: number) => pokemonEvent('', first).timestamp;

describeInEventTable('a load of an instant', ({ layout, requests, eventStore, open, pushMany, expectReplay }) => {
  const spent = () => requests.reduce((sum, { units = 0 }) => sum + units, 0);

  it('costs no more than before if the aggregate is short', async () => {
    const aggregateId = newAggregateId();
    const pokemons = open(10);
    await pushMany(eventStore, aggregateId, 1, 300, { timestampOf });
    requests.splice(0);
    const loaded = await pokemons.getAggregate(aggregateId, { at: timestampOf(101) });
    // The last 11 events, and the 22, 44 and 88 before them, and what is left, which is built on.
    expect(requests.map(({ input }) => input['Limit'])).toStrictEqual([1, 11, 22, 44, 88, undefined]);
    await expectReplay(loaded, aggregateId, 200);
  });

  if (layout === 'single-table') {
    it('at the beginning of a long aggregate finds it by bisection, for a tenth of a replay', async () => {
      const aggregateId = newAggregateId();
      const pokemons = open(10);
      await pushMany(eventStore, aggregateId, 1, 6, { timestampOf });
      await pushMany(eventStore, aggregateId, 7, 1_506, { timestampOf, metadata: { by: 'x'.repeat(1_000) } });
      requests.splice(0);
      await eventStore.getEvents(aggregateId);
      const replay = spent();
      requests.splice(0);

      const loaded = await pokemons.getAggregate(aggregateId, { at: timestampOf(6) });
      expect(loaded.events).toHaveLength(6);
      expect(requests.length).toBeLessThanOrEqual(16);
      expect(spent()).toBeLessThanOrEqual(35);
      expect(replay).toBeGreaterThan(350);
      await expectReplay(loaded, aggregateId, 6);
    });
  }
});
