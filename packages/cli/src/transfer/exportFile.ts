import { existsSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { UsageError } from '../errors.js';
import { writeOut } from '../output/writeOut.js';

/** Where an export goes. */
export interface ExportSink {
  /** Writes lines, all of them before the next ones are taken. */
  write(lines: string): Promise<void>;
  /** How many bytes are safely written. */
  size(): Promise<number>;
  end(): Promise<void>;
  /** Lets go of it after a failure. */
  close(): Promise<void>;
}

/** Each write is a member of its own: `gunzip` takes them one after the other. So an export can be cut after any of them. */
const packed = (lines: string, gzip: boolean): Uint8Array => (gzip ? gzipSync(lines) : Buffer.from(lines));

const nothing = async (): Promise<void> => {};

export const streamSink = (stream: Writable & { readonly isTTY?: boolean }, gzip: boolean): ExportSink => {
  if (gzip && stream.isTTY === true) {
    throw new UsageError('Compressed data is not written to a terminal: give --output, or send it on by a pipe.');
  }
  const write = (lines: string): Promise<void> => writeOut(stream, packed(lines, gzip));
  return { write, size: async () => 0, end: nothing, close: nothing };
};

/** What the file is called until it is whole. */
export const partialName = (path: string): string => `${path}.partial`;

/** What another export has begun there is not overwritten. An empty file is one that has not come to its checkpoint. */
const beginFile = async (partial: string): Promise<FileHandle> => {
  const handle = await open(partial, 'a', 0o600);
  const { size } = await handle.stat();
  await handle.close();
  if (size === 0) return open(partial, 'w', 0o600);
  throw new UsageError(
    `${partial} is there already, and no checkpoint says of what and how far: remove it, or choose another name.`,
  );
};

/**
 * A file that has its name when it is whole, and another one until then.
 *
 * @param from how many bytes of it are kept, if it was begun before
 * @throws UsageError if there is such a file
 */
export const fileSink = async (path: string, gzip: boolean, from: number | undefined): Promise<ExportSink> => {
  const partial = partialName(path);
  if (existsSync(path)) throw new UsageError(`${path} is there already: choose another name, or remove it.`);
  let handle: FileHandle;
  if (from === undefined) handle = await beginFile(partial);
  else {
    handle = await open(partial, 'r+');
    if ((await handle.stat()).size < from) {
      await handle.close();
      throw new UsageError(`${partial} is shorter than it was. Remove it and its checkpoint, and start again.`);
    }
    await handle.truncate(from);
  }
  let position = from ?? 0;
  return {
    write: async lines => {
      const bytes = packed(lines, gzip);
      // A write may take less than it was given, on a disk that is nearly full.
      for (let start = 0; start < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, start, bytes.length - start, position);
        start += bytesWritten;
        position += bytesWritten;
      }
    },
    size: async () => {
      await handle.datasync();
      return position;
    },
    end: async () => {
      await handle.sync();
      await handle.close();
      await rename(partial, path);
    },
    close: () => handle.close(),
  };
};
