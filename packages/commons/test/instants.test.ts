import { parseInstant } from '../src/instants.js';

const NOON = '2026-11-27T12:00:00.000Z';

describe('An instant', () => {
  it.each([
    ['2026-11-27T12:00:00.000Z', NOON],
    ['2026-11-27T12:00:00Z', NOON],
    ['2026-11-27T12:00Z', NOON],
    ['2026-11-27T12:00:00,0Z', NOON],
    ['2026-11-27T12:00', NOON],
    ['2026-11-27T14:00:00+02:00', NOON],
    ['2026-11-27T14:00:00+0200', NOON],
    ['2026-11-27T14:00:00+02', NOON],
    ['2026-11-27T06:30:00-05:30', NOON],
    ['2026-11-28T00:30+12:30', NOON],
    ['2026', '2026-01-01T00:00:00.000Z'],
    ['2026-11', '2026-11-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-11-27T12:00:00.1Z', '2026-11-27T12:00:00.100Z'],
    ['2026-11-27T12:00:00.123999Z', '2026-11-27T12:00:00.123Z'],
  ])('in the form %s is %s', (text, expected) => {
    expect(parseInstant(text, 'at')).toBe(expected);
  });

  it('is rounded up to a millisecond for the beginning of a range, if anything is finer', () => {
    expect(parseInstant('2026-11-27T12:00:00.123001Z', 'from', 'up')).toBe('2026-11-27T12:00:00.124Z');
    expect(parseInstant('2026-11-27T12:00:00.123000Z', 'from', 'up')).toBe('2026-11-27T12:00:00.123Z');
    expect(parseInstant('2026-12-31T23:59:59.9999Z', 'from', 'up')).toBe('2027-01-01T00:00:00.000Z');
  });

  it.each([
    '',
    '1',
    'at 7',
    '2026-13',
    '2026-02-30',
    '2026-02-29',
    '2026-11-27T',
    '2026-11-27T24:00',
    '2026-11-27T12:60',
    '2026-11-27T12',
    '2026-11-27 12:00',
    '2026-11T12:00',
    '2026-11-27T12:00.5',
    '2026-11-27T12:00:00+24:00',
    '2026-11-27T12:00:00+02:60',
    '2026-11-27T12:00:00 Z',
    '2026-11-27T12:00:00Zx',
    '0000-01-01T00:00+00:01',
    '9999-12-31T23:59-00:01',
    '+012026-11-27T12:00:00Z',
    'Fri, 27 Nov 2026 12:00:00 GMT',
    20261127,
    null,
    undefined,
    new Date(),
  ])('is not %p', value => {
    expect(() => parseInstant(value, 'options.at')).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument: 'options.at' }),
    );
  });
});
