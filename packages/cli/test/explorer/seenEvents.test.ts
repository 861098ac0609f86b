import { SeenEvents } from '../../src/explorer/seenEvents.js';

const event = (aggregateId: string, version: number, links: Record<string, string> = {}) => ({
  eventStoreId: 'POKEMONS',
  aggregateId,
  version,
  type: 'HAPPENED',
  timestamp: `2026-01-01T00:00:00.${String(version % 1000).padStart(3, '0')}Z`,
  ...links,
});

const linesOf = (seen: SeenEvents, id: string) =>
  seen
    .correlationOf(id)
    .lines.map(({ depth, event: { aggregateId, version } }) => `${depth} ${aggregateId} ${version}`);

describe('what correlates', () => {
  it('is a tree, by causes and then by time, over several aggregates', () => {
    const seen = new SeenEvents();
    const correlationId = 'c';
    seen.add(event('b', 5, { correlationId, causationId: 'one' }));
    seen.add(event('a', 1, { correlationId, eventId: 'one' }));
    seen.add(event('a', 3, { correlationId, causationId: 'one', eventId: 'two' }));
    seen.add(event('c', 9, { correlationId, causationId: 'two' }));
    seen.add(event('d', 2, { correlationId, causationId: 'unknown' }));
    seen.add(event('e', 1, { correlationId: 'other' }));
    expect(linesOf(seen, 'c')).toEqual(['0 a 1', '1 a 3', '2 c 9', '1 b 5', '0 d 2']);
    expect(linesOf(seen, 'two')).toEqual(['0 a 3', '1 c 9']);
    expect(linesOf(seen, 'nothing')).toEqual([]);
    expect(seen.correlationOf('c')).toMatchObject({ aggregatesRead: 5, eventsRead: 6, isPartial: false });
  });

  it('shows each event once though they caused one another in a circle, or themselves', () => {
    const seen = new SeenEvents();
    seen.add(event('a', 1, { correlationId: 'c', eventId: '1', causationId: '2' }));
    seen.add(event('a', 2, { correlationId: 'c', eventId: '2', causationId: '1' }));
    seen.add(event('a', 3, { correlationId: 'c', eventId: '3', causationId: '3' }));
    expect(linesOf(seen, 'c')).toEqual(['0 a 3', '0 a 1', '1 a 2']);
  });

  it('follows a chain of any length, and forgets what was read first when it has too much', () => {
    const seen = new SeenEvents();
    for (let at = 1; at <= 50_001; at++) {
      seen.add(event(`a${at % 2}`, at, { correlationId: 'c', eventId: `e${at}`, causationId: `e${at - 1}` }));
    }
    const { lines, matching, isPartial, eventsRead } = seen.correlationOf('c');
    expect(isPartial).toBe(true);
    expect(eventsRead).toBeLessThanOrEqual(50_000);
    expect(matching).toBe(eventsRead);
    expect(lines).toHaveLength(1000);

    const alone = new SeenEvents();
    for (let at = 1; at <= 50_001; at++) {
      alone.add(event('a', at, { correlationId: 'c', eventId: `e${at}`, causationId: `e${at - 1}` }));
    }
    expect(alone.correlationOf('c')).toMatchObject({ matching: 50_000, isPartial: true });
    expect(alone.correlationOf('c').lines.at(-1)).toMatchObject({ depth: 999, event: { version: 1001 } });
  });

  it('counts an event that is read again once', () => {
    const seen = new SeenEvents();
    seen.add(event('a', 1, { correlationId: 'old' }));
    seen.add(event('a', 1, { correlationId: 'new' }));
    expect(seen.correlationOf('new')).toMatchObject({ eventsRead: 1, lines: [{}] });
    expect(linesOf(seen, 'old')).toEqual([]);
  });
});
