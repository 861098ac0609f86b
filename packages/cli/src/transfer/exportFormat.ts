import { createHash } from 'node:crypto';

import { plainJson } from '../output/plainText.js';
import { HashSum } from './canonical.js';
import { UnreadableExportError } from './errors.js';
import { fromLine, toLine } from './eventLine.js';
import type { StoredEvent } from './storedEvent.js';

const FORMAT = 'castore-dynamodb/events';
const FORMAT_VERSION = 1;

/** The first line: what the events are from. */
export interface ExportHeader {
  readonly format: typeof FORMAT;
  readonly formatVersion: typeof FORMAT_VERSION;
  readonly table: string;
  readonly layout: string;
  /** Those that were asked for; left out if it was all. */
  readonly eventStores?: readonly string[] | undefined;
  /** When the first event was read. Events that were pushed later may be in it, or not. */
  readonly startedAt: string;
}

/** How far an export has come: so many events, and the sum of the hashes of all its lines. */
export interface ExportProgress {
  readonly events: number;
  readonly hash: string;
}

/** The lines of an export, each with its end. The last one says how many there are, and their hash: a cut file has none. */
export class ExportLines {
  #events: number;
  readonly #sum: HashSum;

  /** @param progress of an export that is resumed */
  constructor(progress?: ExportProgress) {
    this.#events = progress?.events ?? 0;
    this.#sum = new HashSum(progress?.hash);
  }

  get progress(): ExportProgress {
    return { events: this.#events, hash: String(this.#sum) };
  }

  header(header: Omit<ExportHeader, 'format' | 'formatVersion'>): string {
    return this.#count(plainJson(JSON.stringify({ format: FORMAT, formatVersion: FORMAT_VERSION, ...header })));
  }

  event(event: StoredEvent): string {
    this.#events += 1;
    return this.#count(toLine(event));
  }

  end(): string {
    return `${JSON.stringify({ end: this.progress })}\n`;
  }

  #count(line: string): string {
    this.#sum.add(hashOfLine(line));
    return `${line}\n`;
  }
}

const hashOfLine = (line: string): string => createHash('sha256').update(line).digest('hex');

/**
 * The events of an export. Whether it is whole and unchanged is known only when the last one was given: whoever writes them
 * somewhere has to wait for the end.
 *
 * @param name what errors call it
 * @throws UnreadableExportError
 */
export async function* readExport(
  lines: AsyncIterable<{ text: string; isWhole: boolean }>,
  name: string,
): AsyncGenerator<StoredEvent> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new UnreadableExportError(name, reason, { cause });
  };
  const sum = new HashSum();
  let events = 0;
  let number = 0;
  let isAtEnd = false;
  for await (const { text, isWhole } of whole(lines, refuse)) {
    number += 1;
    if (isAtEnd) refuse(`line ${number} is after its end.`);
    if (!isWhole) refuse(`it is cut in line ${number}.`);
    const json = parse(text, () => refuse(`line ${number} is not a JSON object.`));
    if (number === 1) checkHeader(json, refuse);
    if (json.end !== undefined) {
      const { events: expected, hash } = json.end as ExportProgress;
      if (expected !== events) refuse(`it says that it has ${expected} events, but has ${events}.`);
      if (hash !== String(sum)) refuse('its hash does not match: something in it was changed.');
      isAtEnd = true;
      continue;
    }
    sum.add(hashOfLine(text));
    if (number === 1) continue;
    events += 1;
    yield eventOf(json, number, refuse);
  }
  if (!isAtEnd) refuse(number === 0 ? 'it is empty.' : `it is cut after line ${number}.`);
}

type Refuse = (reason: string, cause?: unknown) => never;

const eventOf = (json: Record<string, unknown>, number: number, refuse: Refuse): StoredEvent => {
  try {
    return fromLine(json);
  } catch (error) {
    return refuse(`line ${number} is not an event: ${(error as Error).message}`, error);
  }
};

/** A file that gzip cannot read to its end was cut, or changed. */
async function* whole<LINE>(lines: AsyncIterable<LINE>, refuse: Refuse): AsyncGenerator<LINE> {
  const iterator = lines[Symbol.asyncIterator]();
  for (;;) {
    const next = await iterator.next().catch((error: unknown) => {
      const code = (error as { code?: unknown }).code;
      if (code === 'Z_BUF_ERROR') return refuse('it is cut: gzip does not find its end.', error);
      if (typeof code === 'string' && code.startsWith('Z_'))
        return refuse('it was changed: gzip cannot read it.', error);
      if (error instanceof SyntaxError) return refuse(error.message, error);
      throw error;
    });
    if (next.done === true) return;
    yield next.value;
  }
}

const parse = (text: string, refuse: () => never): Record<string, unknown> => {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : refuse();
  } catch {
    return refuse();
  }
};

const checkHeader = ({ format, formatVersion }: Record<string, unknown>, refuse: Refuse): void => {
  if (format !== FORMAT) refuse('its first line is not that of an export of this command.');
  if (formatVersion !== FORMAT_VERSION) {
    refuse(
      `its format is of version ${String(formatVersion)}, and this command reads ${FORMAT_VERSION}. Use a newer version of the command.`,
    );
  }
};
