import { checkEventFilter, checkSince } from '../src/checkOptions.js';

const NOON = '2026-11-21T12:00:00.000Z';

describe('times', () => {
  it.each([
    ['a whole one', NOON, NOON],
    ['one without milliseconds', '2026-11-21T12:00:00Z', NOON],
    ['one without seconds', '2026-11-21T12:00Z', NOON],
    ['one of another zone', '2026-11-21T14:00:00+02:00', NOON],
    ['a date', '2026-11-21', '2026-11-21'],
    ['a time without a zone', '2026-11-21T12:00', '2026-11-21T12:00'],
  ])('are had as events have them: %s', (_, given, expected) => {
    expect(checkSince(given)).toBe(expected);
    expect(checkEventFilter({ from: given })).toStrictEqual({ from: expected, to: undefined });
  });

  it.each([
    ['2026', '2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z'],
    ['2026-11', '2026-11-30T23:59:59.999Z', '2026-12-01T00:00:00.000Z'],
    ['2026-11-21T12:00', '2026-11-21T12:00:59.999Z', '2026-11-21T12:01:00.000Z'],
    ['2026-11-21T12:00:00', NOON, '2026-11-21T12:00:01.000Z'],
    ['2026-11-21T12:00:00Z', NOON, '2026-11-21T12:00:00.001Z'],
    [NOON, NOON, '2026-11-21T12:00:00.001Z'],
  ])('end with what they say: %s', (given, last, next) => {
    const { to = '' } = checkEventFilter({ to: given });
    expect(last <= to).toBe(true);
    expect(next <= to).toBe(false);
  });

  it.each([
    '2026-11-21T12:00:00.000Z ',
    '2026-13-45T99:00:00.000Z',
    'yesterday',
    '2026-1',
    '21.11.2026',
    '1700000000000',
  ])('are refused where they are none: %s', given => {
    expect(() => checkSince(given)).toThrow('Invalid since: expected a timestamp in ISO 8601');
  });
});
