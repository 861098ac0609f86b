import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';

import {
  fromStoredValue,
  itemSize,
  packStoredValue,
  toStoredValue,
  unpackStoredValue,
} from '@castore-dynamodb/adapter';

import { ResultTooLargeError } from '../errors.js';

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/** Bytes of a result, as DynamoDB counts values: whether one fits does not depend on how well it compresses. */
const MAX_RESULT_SIZE = 100 * 1024;

/** Some hundred bytes are enough for Brotli to make gigabytes of. No result that was ever stored has more than this. */
const MAX_TEXT_SIZE = 4 * 1024 * 1024;

/** The first byte says what follows. */
const NOTHING = 0;
const TEXT = 1;
const COMPRESSED_TEXT = 2;

/** Below, a result costs a write unit in any case. */
const WORTH_COMPRESSING = 512;

const PARAMETERS = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

/**
 * A result as bytes: DynamoDB's JSON of what the adapter would store in an event.
 *
 * @throws ResultTooLargeError; InexactValueError for what would not come back as it is.
 */
export const packResult = async (commandId: string, result: unknown): Promise<Uint8Array> => {
  if (result === undefined) return Uint8Array.of(NOTHING);
  const value = toStoredValue(result, 'result');
  // The name of an attribute counts, and this one has no bytes.
  const size = itemSize({ '': value });
  if (size > MAX_RESULT_SIZE) throw new ResultTooLargeError(commandId, size, MAX_RESULT_SIZE);
  const text = packStoredValue(value);
  if (text.byteLength < WORTH_COMPRESSING) return withMark(TEXT, text);
  const compressed = await compress(text, PARAMETERS);
  return compressed.byteLength < text.byteLength ? withMark(COMPRESSED_TEXT, compressed) : withMark(TEXT, text);
};

/** The result that `packResult` made the bytes from. @throws if they are something else. */
export const unpackResult = async (bytes: Uint8Array): Promise<unknown> => {
  const [mark, content] = [bytes[0], bytes.subarray(1)];
  if (mark === NOTHING && content.byteLength === 0) return undefined;
  const text = await textOf(mark, content);
  return fromStoredValue(unpackStoredValue(text), 'result');
};

const textOf = async (mark: number | undefined, content: Uint8Array): Promise<Uint8Array> => {
  switch (mark) {
    case TEXT:
      return content;
    case COMPRESSED_TEXT:
      return decompress(content, { maxOutputLength: MAX_TEXT_SIZE });
    default:
      throw new TypeError('Its encoding is unknown.');
  }
};

const withMark = (mark: number, content: Uint8Array): Uint8Array => new Uint8Array([mark, ...content]);
