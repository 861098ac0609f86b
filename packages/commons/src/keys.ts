import { createHash } from 'node:crypto';

/**
 * A key that fits: `prefix + text`, or if that has more bytes than a key may have, a hash of the text after the prefix
 * and `mark`, which no text begins with.
 */
export const fitKey = (prefix: string, text: string, maxSize: number, mark: string): string => {
  const key = prefix + text;
  if (Buffer.byteLength(key) <= maxSize) return key;
  return prefix + mark + createHash('sha256').update(text).digest('hex');
};
