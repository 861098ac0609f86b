import { createHash } from 'node:crypto';

import { compress, decompress } from '@castore-dynamodb/commons';

import { UnstorableStateError } from '../errors.js';

/** The first byte says how the text is stored, a checksum of the text follows it. */
const PLAIN = 0;
const COMPRESSED = 1;

/** Neither a text nor what Brotli makes of it says by itself that bits have changed in it. */
const CHECKSUM_SIZE = 8;
const HEADER_SIZE = 1 + CHECKSUM_SIZE;

/** DynamoDB counts writes in KB: what is smaller than one costs the same in any size. */
const WORTH_COMPRESSING = 1024;

/** In bytes: what claims to be larger than anything that was ever stored is not decompressed. */
export const MAX_TEXT_SIZE = 64 * 1024 * 1024;

/** A text as bytes, compressed if that makes them fewer. @throws UnstorableStateError */
export const packState = async (text: string): Promise<Uint8Array> => {
  const bytes = Buffer.from(text);
  if (bytes.byteLength > MAX_TEXT_SIZE) {
    throw new UnstorableStateError(
      '',
      `it has ${bytes.byteLength} bytes as text; ${MAX_TEXT_SIZE} are stored at most.`,
    );
  }
  const compressed = bytes.byteLength < WORTH_COMPRESSING ? bytes : await compress(bytes);
  const isSmaller = compressed.byteLength < bytes.byteLength;
  const header = Buffer.of(isSmaller ? COMPRESSED : PLAIN);
  return new Uint8Array(Buffer.concat([header, checksum(bytes), isSmaller ? compressed : bytes]));
};

/** @throws if the bytes are not those of a packed text. */
export const unpackState = async (state: Uint8Array): Promise<string> => {
  const bytes = await unpack(state[0], state.subarray(HEADER_SIZE));
  if (!checksum(bytes).equals(state.subarray(1, HEADER_SIZE))) throw new TypeError('Its checksum does not match.');
  return Buffer.from(bytes).toString();
};

const unpack = async (mark: number | undefined, content: Uint8Array): Promise<Uint8Array> => {
  switch (mark) {
    case PLAIN:
      return content;
    case COMPRESSED:
      return decompress(content, MAX_TEXT_SIZE);
    default:
      throw new TypeError('Its encoding is unknown.');
  }
};

const checksum = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest().subarray(0, CHECKSUM_SIZE);
