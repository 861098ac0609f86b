import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { Heap } from './heap.js';

/** What an element is sorted by, and what it is. */
export interface Entry<KEY> {
  readonly key: KEY;
  readonly bytes: Buffer;
}

/** How much is sorted in memory at a time, and how many sorted runs are merged at a time. An object, so that tests can change it. */
export const LIMITS = { runBytes: 8 * 1024 * 1024, runs: 100 };

/** Beside the bytes of an entry, about what its objects take. */
const ENTRY_OVERHEAD = 256;

/** Memory that is allocated for many entries at a time: of many small buffers, much would never be given back. */
const BLOCK_SIZE = 1024 * 1024;
const CHUNK_SIZE = 64 * 1024;
/** The lengths of key and value, each in 4 bytes. */
const HEAD_SIZE = 8;

/**
 * Sorts more elements than fit into memory: parts of them are sorted and written to files ("runs"), which are then merged.
 * What fits into one part never gets into a file. The files are deleted as soon as they are open, so that nothing stays of
 * them, however the process ends; they are readable by this user only.
 */
export class DiskSort<KEY> {
  readonly #directory: string;
  readonly #compare: (left: KEY, right: KEY) => number;
  #entries: Entry<KEY>[] = [];
  #bytes = 0;
  #block = Buffer.alloc(0);
  #runs: Run<KEY>[] = [];
  /** One run is written at a time, while the next one is collected. */
  #writing: Promise<void> = Promise.resolve();

  constructor(directory: string, compare: (left: KEY, right: KEY) => number) {
    this.#directory = directory;
    this.#compare = compare;
  }

  /** Fails now if writing to the directory would fail later, when much has been read. */
  async checkDirectory(): Promise<void> {
    const file = await openUnnamed(this.#directory);
    await file.close();
  }

  /**
   * Takes a copy of the bytes. A promise if there is no room: then it is to be waited for. The key is data that JSON can hold.
   */
  add(key: KEY, bytes: Uint8Array): Promise<void> | undefined {
    this.#entries.push({ key, bytes: this.#copy(bytes) });
    this.#bytes += bytes.length + ENTRY_OVERHEAD;
    if (this.#bytes < LIMITS.runBytes) return undefined;
    const entries = this.#take();
    this.#writing = this.#writing.then(() => this.#writeRun(entries));
    return this.#writing;
  }

  /** All elements, in order. Nothing can be added any more. */
  async *sorted(): AsyncGenerator<Entry<KEY>, void, undefined> {
    await this.#writing;
    const last = inMemory(this.#take());
    yield* this.#merge([...this.#runs.map(run => run.entries()), last]);
  }

  /** Closes the files, which frees their space. */
  async close(): Promise<void> {
    await this.#writing.catch(() => {});
    await Promise.all(this.#runs.splice(0).map(run => run.close()));
  }

  #copy(bytes: Uint8Array): Buffer {
    if (this.#block.length < bytes.length) this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_SIZE, bytes.length));
    const copy = this.#block.subarray(0, bytes.length);
    this.#block = this.#block.subarray(bytes.length);
    copy.set(bytes);
    return copy;
  }

  #take(): Entry<KEY>[] {
    const entries = this.#entries.toSorted((left, right) => this.#compare(left.key, right.key));
    this.#entries = [];
    this.#bytes = 0;
    this.#block = Buffer.alloc(0);
    return entries;
  }

  async #writeRun(entries: Entry<KEY>[]): Promise<void> {
    this.#runs.push(await Run.write<KEY>(this.#directory, entries));
    if (this.#runs.length < LIMITS.runs) return;
    const runs = this.#runs;
    this.#runs = [...runs, await Run.write<KEY>(this.#directory, this.#merge(runs.map(run => run.entries())))];
    await Promise.all(this.#runs.splice(0, runs.length).map(run => run.close()));
  }

  async *#merge(sources: Source<KEY>[]): AsyncGenerator<Entry<KEY>, void, undefined> {
    const heads = new Heap<Head<KEY>>((left, right) => this.#compare(left.entry.key, right.entry.key));
    const advance = async (source: Source<KEY>): Promise<void> => {
      const { value: entries } = await source.next();
      if (entries !== undefined) heads.push({ entry: entries[0], entries, next: 1, source });
    };
    for (const source of sources) await advance(source);
    for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
      yield head.entry;
      const { entries, next, source } = head;
      const entry = entries[next];
      if (entry === undefined) await advance(source);
      else heads.push({ entry, entries, next: next + 1, source });
    }
  }
}

/** Sorted entries, some at a time. */
type Source<KEY> = AsyncGenerator<[Entry<KEY>, ...Entry<KEY>[]], void, undefined>;

interface Head<KEY> {
  readonly entry: Entry<KEY>;
  readonly entries: readonly Entry<KEY>[];
  readonly next: number;
  readonly source: Source<KEY>;
}

async function* inMemory<KEY>(entries: readonly Entry<KEY>[]): Source<KEY> {
  const [first, ...others] = entries;
  if (first !== undefined) yield [first, ...others];
}

/** A file that only this user can read, and that is gone with its handle. */
const openUnnamed = async (directory: string): Promise<FileHandle> => {
  const path = join(directory, `castore-dynamodb-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
};

/** Sorted entries in a file that has no name any more. */
class Run<KEY> {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async write<KEY>(
    directory: string,
    entries: Iterable<Entry<KEY>> | AsyncIterable<Entry<KEY>>,
  ): Promise<Run<KEY>> {
    const file = await openUnnamed(directory);
    try {
      let chunk = Buffer.allocUnsafeSlow(CHUNK_SIZE);
      let size = 0;
      for await (const { key, bytes } of entries) {
        const keyBytes = Buffer.from(JSON.stringify(key));
        const end = size + HEAD_SIZE + keyBytes.length + bytes.length;
        if (end > chunk.length) {
          await file.writeFile(chunk.subarray(0, size));
          if (end - size > chunk.length) chunk = Buffer.allocUnsafeSlow(end - size);
          size = 0;
        }
        size = chunk.writeUInt32LE(keyBytes.length, size);
        size = chunk.writeUInt32LE(bytes.length, size);
        size += keyBytes.copy(chunk, size);
        size += bytes.copy(chunk, size);
      }
      await file.writeFile(chunk.subarray(0, size));
      return new Run(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async *entries(): Source<KEY> {
    let rest: Buffer = Buffer.alloc(0);
    for (let position = 0; ; ) {
      const { buffer, bytesRead } = await this.#file.read(Buffer.allocUnsafe(CHUNK_SIZE), 0, CHUNK_SIZE, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const entries: Entry<KEY>[] = [];
      let start = 0;
      while (rest.length >= start + HEAD_SIZE) {
        const keyEnd = start + HEAD_SIZE + rest.readUInt32LE(start);
        const end = keyEnd + rest.readUInt32LE(start + HEAD_SIZE / 2);
        if (rest.length < end) break;
        const key = JSON.parse(rest.toString('utf8', start + HEAD_SIZE, keyEnd)) as KEY;
        entries.push({ key, bytes: rest.subarray(keyEnd, end) });
        start = end;
      }
      rest = rest.subarray(start);
      const [first, ...others] = entries;
      if (first !== undefined) yield [first, ...others];
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
