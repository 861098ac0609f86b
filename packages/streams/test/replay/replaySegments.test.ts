import { InMemoryCheckpointStore, projection, replayEvents } from '../../src/index.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { newAggregateId } from '../support/eventStores.js';

describeOnEveryLayout('replayEvents, begun by two processes with other numbers of segments', ({ pokemons }) => {
  it('takes no part of the one for a part of the other', async () => {
    const ids = Array.from({ length: 20 }, newAggregateId);
    for (const aggregateId of ids) {
      await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_CAUGHT', payload: { trainerId: 'ash' } });
    }
    const checkpoints = new InMemoryCheckpointStore();
    const handled: string[] = [];
    const on = { POKEMON_CAUGHT: ({ aggregateId }: { aggregateId: string }) => void handled.push(aggregateId) };
    const options = {
      projections: [projection({ name: 'log', eventStores: [pokemons], checkpoints, on })],
      segments: 2,
    };
    const list = checkpoints.list.bind(checkpoints);
    checkpoints.list = async (partition, sortPrefix) => {
      const of = (segment: number, count: number, isDone: boolean) => ({
        partition,
        sort: `${sortPrefix}0#${segment}`,
        revision: 'x',
        value: JSON.stringify({ segment, of: count, isDone, startedAt: '2030', items: 0, events: 0, readUnits: 0 }),
      });
      return sortPrefix.startsWith('replay#') ? [of(0, 2, false), of(1, 8, true)] : list(partition, sortPrefix);
    };
    await replayEvents(options);
    expect(handled.toSorted()).toStrictEqual(ids.toSorted());
  });
});
