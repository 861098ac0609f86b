import { createHash } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { makeTemporaryFolder, type TemporaryFolder } from './temporaryFolder.js';

export const PARTS = 256;

/** What waits to be written to a part's file. */
const BUFFER_SIZE = 64 * 1024;

/** Lines on disk by a key: all lines of a key are in one part. So one part at a time has to be in memory. */
export class PartFiles {
  readonly #folder: TemporaryFolder;
  readonly #waiting: string[] = Array.from({ length: PARTS }, () => '');

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  static async create(): Promise<PartFiles> {
    return new PartFiles(await makeTemporaryFolder());
  }

  async add(key: string, line: string): Promise<void> {
    const part = partOf(key);
    this.#waiting[part] += `${line}\n`;
    if ((this.#waiting[part] as string).length >= BUFFER_SIZE) await this.#flush(part);
  }

  /** Keeps nothing in memory any more. To be called before a part is read. */
  async end(): Promise<void> {
    for (let part = 0; part < PARTS; part++) await this.#flush(part);
  }

  async read(part: number): Promise<string[]> {
    try {
      return (await readFile(this.#file(part), 'utf8')).split('\n').filter(Boolean);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  remove(): Promise<void> {
    return this.#folder.remove();
  }

  async #flush(part: number): Promise<void> {
    const text = this.#waiting[part] as string;
    if (text === '') return;
    this.#waiting[part] = '';
    await appendFile(this.#file(part), text, { mode: 0o600 });
  }

  #file(part: number): string {
    return join(this.#folder.path, String(part));
  }
}

/** The same one in each run. */
const partOf = (key: string): number => createHash('sha256').update(key).digest().readUInt8() % PARTS;
