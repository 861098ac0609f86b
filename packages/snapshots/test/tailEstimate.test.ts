import { estimateReadUnits } from '../src/load/readUnits.js';
import { newAggregateId, pokemonEvent } from './pokemons.js';
import { describeOnEveryTable } from './support.js';

describeOnEveryTable('the estimate of read units', ({ eventStore, requests }) => {
  it.each<[string, (version: number) => object]>([
    ['small events', () => ({})],
    ['text', version => ({ text: 'x'.repeat(10 * version) })],
    ['text beyond Latin', version => ({ text: 'ピカチュウ'.repeat(version) })],
    ['numbers', version => ({ numbers: Array.from({ length: 50 }, (_, index) => index * version * 1.25) })],
    [
      'many small members',
      version => Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`m${index}`, version])),
    ],
    ['bytes', version => ({ bytes: new Uint8Array(20 * version) })],
    ['sets and lists', version => ({ set: new Set(['a', 'b', `c${version}`]), list: [[1], [null, true], []] })],
  ])('is within a tenth of what they cost: %s', async (_, payload) => {
    const aggregateId = newAggregateId();
    const versions = Array.from({ length: 60 }, (__, index) => index + 1);
    await Promise.all(
      versions.map(version =>
        eventStore.pushEvent({ ...pokemonEvent(aggregateId, version), payload: payload(version) } as never),
      ),
    );
    requests.splice(0);
    const { events } = await eventStore.getEvents(aggregateId);
    const actual = requests[0]?.units ?? Number.NaN;

    const estimate = estimateReadUnits(events);

    expect(Math.abs(estimate - actual)).toBeLessThanOrEqual(Math.max(1, actual / 10));
  });
});
