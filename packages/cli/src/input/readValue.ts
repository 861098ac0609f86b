import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';

import { hasCode } from '@castore-dynamodb/commons';

import { UsageError } from '../errors.js';
import { fromExactJson } from '../output/exactJson.js';

/** More than any event may have, in bytes; standard input may have no end. */
const MAX_BYTES = 64 * 1024 * 1024;

/** A value that was written as the command prints values, with every bigint, set and byte. @throws UsageError */
export const parseValue = (json: string, what: string): unknown => {
  try {
    return fromExactJson(json);
  } catch (cause) {
    // What JSON.parse says has the text in it.
    const [position] = /position \d+/.exec(String(cause)) ?? [];
    const where = position === undefined ? '' : ` (at ${position})`;
    if (cause instanceof SyntaxError && cause.message.startsWith('Unknown value')) {
      throw new UsageError(`The ${what} cannot be stored. ${cause.message}`, { cause });
    }
    throw new UsageError(`The ${what} is not JSON${where}. Expected JSON as --json prints it.`, { cause });
  }
};

/** The text of a file; of standard input for `-`. @throws UsageError */
export const readText = async (path: string, folder: string, stdin: Readable, signal: AbortSignal): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of path === '-' ? stdin : createReadStream(resolve(folder, path))) {
      signal.throwIfAborted();
      chunks.push(Buffer.from(chunk as Buffer));
      bytes += chunks.at(-1)?.length ?? 0;
      if (bytes > MAX_BYTES) throw new UsageError(`--file ${path} has more than ${MAX_BYTES} bytes.`);
    }
  } catch (cause) {
    if (signal.aborted || hasCode(cause, 'UsageError')) throw cause;
    throw new UsageError(`--file ${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
  return decode(Buffer.concat(chunks), path);
};

const decode = (bytes: Buffer, path: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`--file ${path} is not text in UTF-8.`, { cause });
  }
};
