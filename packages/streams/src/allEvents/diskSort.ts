import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

import { Heap } from './heap.js';

/** An element: what it is sorted by, and the rest of it, serialised. */
interface Entry<KEY> {
  readonly key: KEY;
  readonly bytes: Buffer;
}

/** How much is sorted in memory at a time, and how many sorted runs are merged at a time. An object, so that tests can change it. */
export const LIMITS = { runBytes: 8 * 1024 * 1024, runs: 100 };

/** Beside the bytes of an entry, about what its objects take. */
const ENTRY_OVERHEAD = 256;

const CHUNK_SIZE = 64 * 1024;
/** The lengths of key and value, each in 4 bytes. */
const HEAD_SIZE = 8;

/**
 * Sorts more elements than fit into memory: parts of them are sorted and written to files ("runs"), which are then merged.
 * What fits into one part never gets into a file. The files are deleted as soon as they are open, so that nothing stays of
 * them, however the process ends; they are readable by this user only.
 */
export class DiskSort<KEY, VALUE> {
  readonly #directory: string;
  readonly #compare: (left: KEY, right: KEY) => number;
  #entries: Entry<KEY>[] = [];
  #bytes = 0;
  #runs: Run<KEY>[] = [];
  /** One run is written at a time, while the next one is collected. */
  #writing: Promise<void> = Promise.resolve();

  constructor(directory: string, compare: (left: KEY, right: KEY) => number) {
    this.#directory = directory;
    this.#compare = compare;
  }

  /** Waits if there is no room. Key and value are plain data. */
  async add(key: KEY, value: VALUE): Promise<void> {
    const bytes = serialize(value);
    this.#entries.push({ key, bytes });
    this.#bytes += bytes.length + ENTRY_OVERHEAD;
    if (this.#bytes < LIMITS.runBytes) return;
    const entries = this.#take();
    const written = this.#writing.then(() => this.#writeRun(entries));
    this.#writing = written;
    await written;
  }

  /** All elements, in order. Nothing can be added any more. */
  async *sorted(): AsyncGenerator<readonly [KEY, VALUE], void, undefined> {
    await this.#writing;
    const last = inMemory(this.#take());
    for await (const { key, bytes } of this.#merge([...this.#runs.map(run => run.entries()), last])) {
      yield [key, deserialize(bytes) as VALUE];
    }
  }

  /** Closes the files, which frees their space. */
  async close(): Promise<void> {
    await this.#writing.catch(() => {});
    await Promise.all(this.#runs.splice(0).map(run => run.close()));
  }

  #take(): Entry<KEY>[] {
    const entries = this.#entries.toSorted((left, right) => this.#compare(left.key, right.key));
    this.#entries = [];
    this.#bytes = 0;
    return entries;
  }

  async #writeRun(entries: Entry<KEY>[]): Promise<void> {
    this.#runs.push(await Run.write<KEY>(this.#directory, inMemory(entries)));
    if (this.#runs.length < LIMITS.runs) return;
    const runs = this.#runs;
    this.#runs = [...runs, await Run.write<KEY>(this.#directory, this.#merge(runs.map(run => run.entries())))];
    await Promise.all(this.#runs.splice(0, runs.length).map(run => run.close()));
  }

  async *#merge(sources: AsyncGenerator<Entry<KEY>, void, undefined>[]): AsyncGenerator<Entry<KEY>, void, undefined> {
    type Head = { readonly entry: Entry<KEY>; readonly source: AsyncGenerator<Entry<KEY>, void, undefined> };
    const heads = new Heap<Head>((left, right) => this.#compare(left.entry.key, right.entry.key));
    const advance = async (source: Head['source']): Promise<void> => {
      const { value: entry } = await source.next();
      if (entry !== undefined) heads.push({ entry, source });
    };
    for (const source of sources) await advance(source);
    for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
      yield head.entry;
      await advance(head.source);
    }
  }
}

async function* inMemory<KEY>(entries: readonly Entry<KEY>[]): AsyncGenerator<Entry<KEY>, void, undefined> {
  yield* entries;
}

/** Sorted entries in a file that has no name any more. */
class Run<KEY> {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async write<KEY>(directory: string, entries: AsyncIterable<Entry<KEY>>): Promise<Run<KEY>> {
    const path = join(directory, `castore-dynamodb-${randomUUID()}`);
    const file = await open(path, 'wx+', 0o600);
    try {
      await unlink(path);
      let parts: Buffer[] = [];
      let size = 0;
      const flush = async (): Promise<void> => {
        await file.writeFile(Buffer.concat(parts));
        parts = [];
        size = 0;
      };
      for await (const { key, bytes } of entries) {
        const keyBytes = serialize(key);
        const head = Buffer.allocUnsafe(HEAD_SIZE);
        head.writeUInt32LE(keyBytes.length);
        head.writeUInt32LE(bytes.length, HEAD_SIZE / 2);
        parts.push(head, keyBytes, bytes);
        size += HEAD_SIZE + keyBytes.length + bytes.length;
        if (size >= CHUNK_SIZE) await flush();
      }
      await flush();
      return new Run(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async *entries(): AsyncGenerator<Entry<KEY>, void, undefined> {
    let rest: Buffer = Buffer.alloc(0);
    for (let position = 0; ; ) {
      const { buffer, bytesRead } = await this.#file.read(Buffer.allocUnsafe(CHUNK_SIZE), 0, CHUNK_SIZE, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      let start = 0;
      while (rest.length >= start + HEAD_SIZE) {
        const keyEnd = start + HEAD_SIZE + rest.readUInt32LE(start);
        const end = keyEnd + rest.readUInt32LE(start + HEAD_SIZE / 2);
        if (rest.length < end) break;
        yield {
          key: deserialize(rest.subarray(start + HEAD_SIZE, keyEnd)) as KEY,
          bytes: rest.subarray(keyEnd, end),
        };
        start = end;
      }
      rest = rest.subarray(start);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
