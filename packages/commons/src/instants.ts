import { refuse } from './checks.js';

/** A date or the beginning of one; if it is whole, also a time to the minute or finer, with or without a time zone. */
const INSTANT =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:Z|([+-](?:[01]\d|2[0-3])):?([0-5]\d)?)?)?)?)?$/;

/** The form of `toISOString` in the years 0000 to 9999: the one in which instants sort as the strings that they are. */
export const CANONICAL_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const EXAMPLE = '2026-11-27T10:00:00.000Z';

/**
 * An instant in any extended form of ISO 8601, in the form of `toISOString`, in which events have theirs. What is left
 * out is the beginning: `2026-11` is `2026-11-01T00:00:00.000Z`. Without a time zone it is UTC, on every machine.
 *
 * @param rounding of what is finer than a millisecond: `up` for the earliest instant of a range
 * @throws InvalidArgumentError for what is no instant, such as `2026-02-30`.
 */
export const parseInstant = (value: unknown, argument: string, rounding: 'down' | 'up' = 'down'): string =>
  canonicalOf(value, rounding) ?? refuse(argument, `an instant in ISO 8601, such as "${EXAMPLE}"`, value);

/**
 * An instant in the form of `toISOString`, and in no other: events are sorted by this text.
 *
 * @throws InvalidArgumentError, with that form of an instant that has another one.
 */
export const checkCanonicalInstant = (value: unknown, argument: string): void => {
  if (typeof value === 'string' && isCanonical(value)) return;
  refuse(argument, `an instant in the form of toISOString(), "${canonicalOf(value, 'down') ?? EXAMPLE}"`, value);
};

/** `new Date` takes the 30th of February for the 2nd of March, and hour 24 for the next day. */
const isCanonical = (text: string): boolean =>
  CANONICAL_INSTANT.test(text) && new Date(text).getUTCDate() === Number(text.slice(8, 10));

const canonicalOf = (value: unknown, rounding: 'down' | 'up'): string | undefined => {
  const parts = typeof value === 'string' ? INSTANT.exec(value) : null;
  if (parts === null) return undefined;
  const local = localTimeOf(parts);
  if (!isCanonical(`${local}Z`)) return undefined;
  const [fraction = '', hours = '+00', minutes = '00'] = parts.slice(6);
  const rest = rounding === 'up' && /[1-9]/.test(fraction.slice(3)) ? 1 : 0;
  const instant = new Date(Date.parse(`${local}${hours}:${minutes}`) + rest).toISOString();
  return CANONICAL_INSTANT.test(instant) ? instant : undefined;
};

/** What is left out is the beginning; what is finer than a millisecond is left out. */
const localTimeOf = ([
  ,
  year,
  month = '01',
  day = '01',
  time = '00:00',
  second = '00',
  fraction = '',
]: string[]): string => `${year}-${month}-${day}T${time}:${second}.${`${fraction}000`.slice(0, 3)}`;
