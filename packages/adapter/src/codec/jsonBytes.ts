import { isAscii, transcode } from 'node:buffer';

/**
 * The pieces of DynamoDB's JSON, byte by byte. Functions that copy do so from `start` on to `length`, the end of the copy,
 * and return how much they added.
 */

/** Thrown for JSON that is not as DynamoDB is known to write it. No error, since making one costs a stack trace. */
export const UNEXPECTED = Symbol('unexpected JSON');

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPENING_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSING_BRACKET = 0x5d;
export const OPENING_BRACE = 0x7b;
export const CLOSING_BRACE = 0x7d;

/** Bytes for one JSON.parse. Memory for a text of a megabyte would have to be fetched from the operating system each time. */
export const ENOUGH = 32 * 1024;

/** Four characters as `readInt32BE` reads their bytes. */
export const wordOf = (text: string): number => Buffer.from(text).readInt32BE();

/** Throws if the bytes are no UTF-8. By way of UTF-16, since Node 20 and 22 take several times as long for `toString('utf8')`. */
export const textOf = (bytes: Buffer): string =>
  isAscii(bytes) ? bytes.toString('latin1') : transcode(bytes, 'utf8', 'utf16le').toString('utf16le');

/** Up to this length, copying a string byte by byte is faster than calling what copies many at once. */
const SHORT = 64;
/** No two decimals with so many digits are the same double, so JSON.parse reads them exactly. */
export const EXACT_DIGITS = 15;

/** Copies a string with its quotes, and returns its size. */
export const copyString = (json: Buffer, start: number, copy: Buffer, length: number): number => {
  copy[length] = QUOTE;
  for (let index = 1; index < SHORT; index++) {
    const byte = json[start + index] as number;
    copy[length + index] = byte;
    if (byte === QUOTE) return index + 1;
    if (byte === BACKSLASH) break;
  }
  const end = endOfString(json, start);
  json.copy(copy, length, start, end);
  return end - start;
};

/** Copies the digits of a number, and returns its size, or 0 if JSON.parse would not read it exactly. */
export const copyNumber = (json: Buffer, start: number, copy: Buffer, length: number): number => {
  let size = 0;
  let digits = 0;
  let sum = 0;
  for (;;) {
    const byte = json[start + size] as number;
    const digit = byte - 0x30;
    if (digit >= 0 && digit <= 9) {
      digits++;
      sum += digit;
    } else if (byte !== 0x2e /* . */ && byte !== 0x2d /* - */) {
      // JSON.parse makes something else of -0.
      return byte === QUOTE && digits <= EXACT_DIGITS && (sum > 0 || size === 1) ? size : 0;
    }
    copy[length + size++] = byte;
  }
};

const isAt = (json: Buffer, start: number, text: string): boolean => {
  for (let index = 0; index < text.length; index++) if (json[start + index] !== text.charCodeAt(index)) return false;
  return true;
};

/** What JSON.parse gets for `{"BOOL":true}`, `{"BOOL":false}` and `{"NULL":true}`; nothing for anything else. */
export const literalAt = (json: Buffer, start: number): string => {
  if (isAt(json, start, '{"BOOL":true')) return 'true';
  if (isAt(json, start, '{"BOOL":false')) return 'false';
  return isAt(json, start, '{"NULL":true') ? 'null' : '';
};

export const copyText = (text: string, copy: Buffer, length: number): number => {
  for (let index = 0; index < text.length; index++) copy[length + index] = text.charCodeAt(index);
  return text.length;
};

/** The end, before the closing brace, of an AttributeValue that has one string (`{"B":"AA=="}`) or an array of them. */
export const endOfScalar = (json: Buffer, start: number): number => {
  let position = json[start + 4] === COLON ? start + 4 : start + 5;
  if (json[position - 1] !== QUOTE || json[position++] !== COLON) throw UNEXPECTED;
  const isArray = json[position] === OPENING_BRACKET;
  do position = endOfString(json, isArray ? position + 1 : position);
  while (isArray && json[position] === COMMA);
  if (isArray && json[position++] !== CLOSING_BRACKET) throw UNEXPECTED;
  return position;
};

/** After its closing quote. */
export const endOfString = (json: Buffer, start: number): number => {
  let end = start;
  let first = start;
  // A quote is part of the string if the number of backslashes before it is odd.
  do {
    end = first = json.indexOf(QUOTE, end + 1);
    while (json[first - 1] === BACKSLASH) first--;
  } while ((end - first) % 2 === 1);
  if (json[start] !== QUOTE || end === -1) throw UNEXPECTED;
  return end + 1;
};
