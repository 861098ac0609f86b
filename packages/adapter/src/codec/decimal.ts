/**
 * DynamoDB's numbers are decimals with up to 38 significant digits; JavaScript's are binary doubles and bigints.
 * This file knows which of one kind the other can hold exactly.
 */

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (data types, number). */
const MAX_SIGNIFICANT_DIGITS = 38;
const MIN_POSITIVE = 1e-130;
const MAX_EXPONENT = 126;

/** The value `0.<digits> * 10^exponent`, without zeros at either end of the digits; zero has none. */
interface Decimal {
  negative: boolean;
  digits: string;
  exponent: number;
}

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;

const parseDecimal = (text: string): Decimal | undefined => {
  const [, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (whole === '' && fraction === '') return undefined;

  const unpadded = (whole + fraction).replace(/^0+/, '');
  const leadingZeros = whole.length + fraction.length - unpadded.length;
  const digits = unpadded.replace(/0+$/, '');
  if (digits === '') return { negative: false, digits, exponent: 0 };
  return { negative: sign === '-', digits, exponent: whole.length - leadingZeros + Number(exponent) };
};

const areEqual = (left: Decimal, right: Decimal): boolean =>
  left.negative === right.negative && left.digits === right.digits && left.exponent === right.exponent;

/** Why a JavaScript number or bigint would not come back from DynamoDB as it went in; undefined if it would. */
export const whyNotStorable = (value: number | bigint): string | undefined => {
  const isSafe = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
  if (typeof value === 'bigint') {
    if (isSafe) return 'a bigint within ±(2^53 - 1) would come back as a number: use Number(), or store a string.';
    const { digits, exponent } = parseDecimal(String(value)) as Decimal;
    return digits.length > MAX_SIGNIFICANT_DIGITS || exponent > MAX_EXPONENT
      ? `DynamoDB keeps ${MAX_SIGNIFICANT_DIGITS} significant digits of numbers below 1e${MAX_EXPONENT}: store a string.`
      : undefined;
  }
  if (!Number.isFinite(value)) return `DynamoDB has no ${value}: use null, or a string.`;
  if (!isSafe) return 'a number beyond ±(2^53 - 1) is not exact: use a bigint, or a string.';
  return value !== 0 && Math.abs(value) < MIN_POSITIVE
    ? `DynamoDB keeps no number nearer to 0 than ${MIN_POSITIVE}: round it, or store a string.`
    : undefined;
};

/**
 * Bytes of a number without its attribute's name: one for each pair of significant digits, with the decimal point
 * between two pairs, one for the number itself, and one for a minus sign.
 *
 * DynamoDB's developer guide says "approximately" of its own rule; this is what the engines count, if they differ the
 * larger one.
 */
export const numberSize = (text: string): number => {
  const { negative, digits, exponent } = parseDecimal(text) as Decimal;
  return digits === '' ? 1 : Math.ceil((digits.length + (exponent & 1)) / 2) + 1 + Number(negative);
};

/**
 * The JavaScript value of a stored number: a number up to ±(2^53 - 1), a bigint for integers beyond,
 * undefined if neither is exactly equal to what is stored.
 */
export const parseStoredNumber = (text: string): number | bigint | undefined => {
  const value = Number(text);
  const isSafe = Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  if (isSafe && String(value) === text) return value;

  const stored = parseDecimal(text);
  if (stored === undefined) return undefined;
  const { negative, digits, exponent } = stored;
  if (!isSafe) {
    if (exponent < digits.length || exponent > MAX_EXPONENT) return undefined;
    const magnitude = BigInt(digits.padEnd(exponent, '0'));
    return negative ? -magnitude : magnitude;
  }
  // Adding 0 makes a stored `-0` the 0 that it equals.
  return areEqual(stored, parseDecimal(String(value)) as Decimal) ? value + 0 : undefined;
};
