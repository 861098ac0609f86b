import { Comparison, type Side } from '../../src/transfer/comparison.js';
import { PartFiles } from '../../src/transfer/partFiles.js';
import type { StoredEvent } from '../../src/transfer/storedEvent.js';

const eventOf = (aggregateId: string, version: number, text = 'x', eventStoreId = 'POKEMONS'): StoredEvent => ({
  eventStoreId,
  aggregateId,
  version,
  attributes: { type: { S: 'A' }, text: { S: text } },
});
const all = async <EACH>(each: AsyncIterable<EACH>): Promise<EACH[]> => {
  const found: EACH[] = [];
  for await (const one of each) found.push(one);
  return found;
};

/** Ids of the kind that separators and objects trip over. */
const IDS = ['__proto__', 'a"b', 'a\tb\nc', '', '\u2028', ...Array.from({ length: 60 }, (_, at) => `p${at}`)];

it.each([1, 7, 1_000_000])('finds the same whether %d aggregates fit into memory or more', async maxHeld => {
  const remove = jest.spyOn(PartFiles.prototype, 'remove');
  const comparison = new Comparison(maxHeld);
  const add = async (side: Side, of: (aggregateId: string, version: number) => StoredEvent | undefined) => {
    const ids = side === 'expected' ? IDS : IDS.toReversed();
    await Promise.all(
      ids.map(async id => {
        for (const version of [1, 2, 3]) {
          const event = of(id, version);
          if (event !== undefined) await comparison.add(side, event);
        }
      }),
    );
  };
  await add('expected', (id, version) => (id === 'p9' ? undefined : eventOf(id, version)));
  await add('actual', (id, version) => {
    if (id === 'p1' || (id === 'p2' && version === 3)) return undefined;
    return eventOf(id, version, id === 'p3' && version === 2 ? 'other' : 'x');
  });
  await comparison.add('actual', eventOf('p3', 1, 'x', 'TRAINERS'));
  const differences = await all(comparison.differences());
  expect(
    differences.toSorted((one, other) => (one.kind + one.aggregateId < other.kind + other.aggregateId ? -1 : 1)),
  ).toEqual([
    { eventStoreId: 'POKEMONS', aggregateId: 'p2', kind: 'different', expected: 3, actual: 2 },
    { eventStoreId: 'POKEMONS', aggregateId: 'p3', kind: 'different', expected: 3, actual: 3 },
    { eventStoreId: 'TRAINERS', aggregateId: 'p3', kind: 'extra', expected: 0, actual: 1 },
    { eventStoreId: 'POKEMONS', aggregateId: 'p9', kind: 'extra', expected: 0, actual: 3 },
    { eventStoreId: 'POKEMONS', aggregateId: 'p1', kind: 'missing', expected: 3, actual: 0 },
  ]);
  const totals = await comparison.totals();
  expect(totals.toSorted((one, other) => (one.eventStoreId < other.eventStoreId ? -1 : 1))).toMatchObject([
    {
      eventStoreId: 'POKEMONS',
      expected: { events: 3 * (IDS.length - 1), aggregates: IDS.length - 1 },
      actual: { events: 3 * (IDS.length - 1) - 1, aggregates: IDS.length - 1 },
    },
    { eventStoreId: 'TRAINERS', expected: { events: 0, aggregates: 0 }, actual: { events: 1, aggregates: 1 } },
  ]);
  await comparison.remove();
  expect(remove).toHaveBeenCalledTimes(maxHeld < 100 ? 1 : 0);
  remove.mockRestore();
});
