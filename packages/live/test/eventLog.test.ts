import { EventLog, LOG_LIMITS } from '../src/feed/eventLog.js';

const entry = (number: number) => ({
  eventStoreId: 'POKEMONS',
  aggregateId: `pikachu-${number}`,
  type: 'POKEMON_CAUGHT',
  json: 'x'.repeat(1_000),
  shard: number % 2 === 0 ? 'even' : 'odd',
  sequenceNumber: String(number),
  position: '',
});

describe('the last events of a feed', () => {
  const { maxSize } = LOG_LIMITS;
  afterEach(() => void (LOG_LIMITS.maxSize = maxSize));

  it('take bounded memory: the oldest go, and it is known which', () => {
    LOG_LIMITS.maxSize = 100_000;
    const log = new EventLog();
    for (let number = 1; number <= 10_000; number++) log.add(entry(number));
    expect(log.end).toBe(10_000);
    expect(log.end - log.start).toBeLessThan(50);
    expect(log.get(log.start).sequenceNumber).toBe(String(log.start + 1));
    expect(log.get(log.end - 1).sequenceNumber).toBe('10000');
    expect(new Set(log.evicted.values())).toEqual(new Set([String(log.start), String(log.start - 1)]));
  });
});
