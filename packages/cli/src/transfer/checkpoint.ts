import { readFile, rename, rm, writeFile } from 'node:fs/promises';

import { limitConcurrency } from '@castore-dynamodb/commons';

import { UsageError } from '../errors.js';

/** How far a transfer has come, in a file: so that the same command goes on where it was stopped. */
export class Checkpoint<PROGRESS> {
  readonly #path: string;
  /** What the progress is of: another transfer must not go on from it. */
  readonly #transfer: string;
  readonly #inTurn = limitConcurrency(1);

  constructor(path: string, transfer: object) {
    this.#path = path;
    this.#transfer = JSON.stringify(transfer);
  }

  /** Undefined if there is no file. @throws UsageError */
  async read(): Promise<PROGRESS | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const { transfer, progress } = parse(text);
    if (transfer === undefined || progress === undefined) {
      throw new UsageError(`${this.#path} is not a checkpoint. Choose another file, or remove it.`);
    }
    if (JSON.stringify(transfer) !== this.#transfer) {
      throw new UsageError(
        `The checkpoint ${this.#path} is of another transfer: ${JSON.stringify(transfer)}. Repeat that command, or remove the file.`,
      );
    }
    return progress as PROGRESS;
  }

  /** To be called before the first write. @throws UsageError if nothing can be kept there */
  async prepare(): Promise<void> {
    try {
      await writeFile(`${this.#path}.new`, '', { mode: 0o600 });
      await rm(`${this.#path}.new`);
    } catch (cause) {
      throw new UsageError(`The checkpoint ${this.#path} cannot be written: ${(cause as Error).message}`, { cause });
    }
  }

  /** Whole or not at all, also if the process is killed meanwhile. */
  write(progress: PROGRESS): Promise<void> {
    const text = `${JSON.stringify({ transfer: JSON.parse(this.#transfer), progress })}\n`;
    return this.#inTurn(async () => {
      await writeFile(`${this.#path}.new`, text, { mode: 0o600, flush: true });
      await rename(`${this.#path}.new`, this.#path);
    });
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}

const parse = (text: string): { transfer?: unknown; progress?: unknown } => {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? json : {};
  } catch {
    return {};
  }
};
