const PADDING = 0x3d;
const NO_DIGIT = 64;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** What each letter stands for. */
const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
for (let digit = 0; digit < NO_DIGIT; digit++) DIGITS[LETTERS.charCodeAt(digit)] = digit;

/**
 * The bytes that base64 stands for; undefined if it is not as DynamoDB writes it: with padding, and nothing else in it.
 * By a table: most bytes in events are short (ids, hashes), and then calling what decodes long ones fast takes longer.
 */
export const decodeBase64 = (text: Uint8Array): Uint8Array | undefined => {
  const { length } = text;
  if (length % 4 !== 0) return undefined;
  const padding = text[length - 1] !== PADDING ? 0 : text[length - 2] !== PADDING ? 1 : 2;
  const bytes = new Uint8Array((length / 4) * 3 - padding);
  let size = 0;
  let bits = 0;
  for (let position = 0; position < length - padding; position++) {
    const digit = DIGITS[text[position] as number] as number;
    if (digit === NO_DIGIT) return undefined;
    bits = (bits << 6) | digit;
    // Of four digits, each but the first completes a byte.
    const rank = position & 3;
    if (rank > 0) bytes[size++] = bits >> (6 - 2 * rank);
  }
  return bytes;
};
