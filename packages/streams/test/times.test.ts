import { instantOf, isBefore, isWanted, parseEventFilter, parseSince } from '../src/eventFilter.js';

const NOON = '2026-11-21T12:00:00.000Z';

describe('instants', () => {
  it.each([
    ['a whole one', NOON, NOON],
    ['one without milliseconds', '2026-11-21T12:00:00Z', NOON],
    ['one without seconds', '2026-11-21T12:00Z', NOON],
    ['one of another zone', '2026-11-21T14:00:00+02:00', NOON],
    ['a date', '2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['a month', '2026-11', '2026-11-01T00:00:00.000Z'],
    ['one without a zone', '2026-11-21T12:00', NOON],
  ])('are the same everywhere, whatever their form: %s', (_, given, expected) => {
    expect(parseSince(given)).toBe(expected);
    expect(parseEventFilter({ from: given, to: given })).toStrictEqual({
      eventTypes: undefined,
      from: expected,
      to: expected,
    });
    expect(instantOf(given)).toBe(expected);
  });

  it('leave nothing out that is finer than a millisecond', () => {
    const finer = '2026-11-21T12:00:00.0004Z';
    expect(parseEventFilter({ from: finer }).from).toBe('2026-11-21T12:00:00.001Z');
    expect(parseEventFilter({ to: finer }).to).toBe(NOON);
    const event = { type: 'T', timestamp: finer };
    expect(isWanted(parseEventFilter({ from: finer }), event)).toBe(true);
    expect(isWanted(parseEventFilter({ to: finer }), event)).toBe(true);
  });

  it.each([
    '2026-11-21T12:00:00.000Z ',
    '2026-13-45T99:00:00.000Z',
    '2026-02-30',
    '2026-13',
    'yesterday',
    '2026-1',
    '21.11.2026',
    '1700000000000',
  ])('are refused if they are none: %s', given => {
    const refusal = (argument: string) => expect.objectContaining({ code: 'InvalidArgumentError', argument });
    expect(() => parseSince(given)).toThrow(refusal('since'));
    expect(() => parseEventFilter({ from: given })).toThrow(refusal('from'));
    expect(() => parseEventFilter({ to: given })).toThrow(refusal('to'));
  });

  it.each([
    ['2026-11-21T11:59:59Z', true, false],
    ['2026-11-21T12:00:00Z', false, false],
    ['2026-11-21T14:00:00+02:00', false, false],
    ['2026-11-21T13:59:59.999+02:00', true, false],
    ['2026-11-21T12:00:00.001Z', false, true],
    ['2026-11-21T23:00:00+14:00', true, false],
  ])('are compared with the timestamps of events as what they mean: %s', (timestamp, isEarlier, isLater) => {
    const event = { type: 'T', timestamp };
    expect(isBefore(timestamp, NOON)).toBe(isEarlier);
    expect(isWanted(parseEventFilter({ from: NOON }), event)).toBe(!isEarlier);
    expect(isWanted(parseEventFilter({ to: NOON }), event)).toBe(!isLater);
  });

  it('leave no event out whose timestamp is none', () => {
    for (const timestamp of ['yesterday', '']) {
      expect(isWanted(parseEventFilter({ from: NOON, to: NOON }), { type: 'T', timestamp })).toBe(true);
    }
    expect(isBefore('yesterday', NOON)).toBe(false);
    expect(isBefore(NOON, undefined)).toBe(false);
  });
});
