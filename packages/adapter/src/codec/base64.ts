const PADDING = 0x3d;

/** What each letter stands for; a negative number for anything else. */
const DIGITS = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 64; digit++) {
  const text = Buffer.of(digit << 2).toString('base64');
  DIGITS[text.charCodeAt(0)] = digit;
}

/** Up to this length, a table takes less time than calling Node's decoder. */
const SHORT = 84;

/** The bytes that base64 stands for; undefined if it is not as DynamoDB writes it: with padding, and nothing else in it. */
export const decodeBase64 = (base64: Buffer, start = 0, end = base64.length): Uint8Array | undefined => {
  const length = end - start;
  const padding = base64[end - 1] !== PADDING ? 0 : base64[end - 2] !== PADDING ? 1 : 2;
  const size = (length / 4) * 3 - padding;
  if (length % 4 !== 0) return undefined;
  return length > SHORT ? decodeLong(base64.toString('latin1', start, end), size) : decodeShort(base64, start, size);
};

/** In memory that Node shares between small Buffers, as the SDK's bytes are: memory of their own costs V8 several times as much. */
const decodeLong = (text: string, size: number): Uint8Array | undefined => {
  const { buffer, byteOffset, byteLength } = Buffer.from(text, 'base64');
  // Node passes over what is no digit, and takes those of URLs.
  if (byteLength !== size || text.includes('-') || text.includes('_')) return undefined;
  return new Uint8Array(buffer, byteOffset, size);
};

const decodeShort = (base64: Buffer, start: number, size: number): Uint8Array | undefined => {
  const bytes = new Uint8Array(size);
  let position = start;
  let bits = 0;
  for (let index = 0; index < size; index++) {
    // Of four digits, each but the first completes a byte.
    if (index % 3 === 0) bits = DIGITS[base64[position++] as number] as number;
    bits = (bits << 6) | (DIGITS[base64[position++] as number] as number);
    if (bits < 0) return undefined;
    bytes[index] = bits >> (4 - 2 * (index % 3));
  }
  return bytes;
};
