import { createHash } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { areEqualItems } from './canonical.js';
import { UntransferableEventError } from './errors.js';
import { fromLine, toLine } from './eventLine.js';
import type { StoredEvent } from './storedEvent.js';
import { makeTemporaryFolder, type TemporaryFolder } from './temporaryFolder.js';

/** Each has the events of some aggregates, and is in memory for itself: of a million events of 1 KB, 4 MB. */
export const PARTS = 256;

/** What waits to be written to a part's file. */
const BUFFER_SIZE = 64 * 1024;

/** The events of an aggregate, in version order. */
export type AggregateEvents = readonly [StoredEvent, ...StoredEvent[]];

/** An event, and the aggregate that it was one of before ids were mapped. */
export interface MappedEvent {
  readonly event: StoredEvent;
  readonly source: string;
}

/**
 * Events on disk, in files by aggregate, until all of them are known. A file has them in any order, and may turn out to be cut
 * when half of it is read: so nothing is written before everything has been read, and then in the order of versions.
 */
export class Staging {
  readonly #folder: TemporaryFolder;
  readonly #waiting: string[] = Array.from({ length: PARTS }, () => '');

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  /** Takes as much space as the events as JSON. */
  static async create(): Promise<Staging> {
    return new Staging(await makeTemporaryFolder());
  }

  async add({ event, source }: MappedEvent): Promise<void> {
    const part = partOf(event);
    this.#waiting[part] += `${JSON.stringify(source)}\t${toLine(event)}\n`;
    if ((this.#waiting[part] as string).length >= BUFFER_SIZE) await this.#flush(part);
  }

  async end(): Promise<void> {
    for (let part = 0; part < PARTS; part++) await this.#flush(part);
  }

  /** The aggregates of a part. @throws UntransferableEventError if two different events have one place */
  async read(part: number): Promise<AggregateEvents[]> {
    const aggregates = new Map<string, { source: string; events: StoredEvent[] }>();
    for (const line of (await this.#lines(part)).filter(Boolean)) {
      const [source = '', json = ''] = line.split('\t');
      const event = fromLine(JSON.parse(json) as Record<string, unknown>);
      const key = keyOf(event);
      const aggregate = aggregates.get(key) ?? { source, events: [] };
      if (aggregate.source !== source) throw new UntransferableEventError(event, 'two aggregates were given one id.');
      aggregate.events.push(event);
      aggregates.set(key, aggregate);
    }
    return [...aggregates.values()].map(({ events }) => inOrder(events));
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

  async #lines(part: number): Promise<string[]> {
    try {
      return (await readFile(this.#file(part), 'utf8')).split('\n');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  #file(part: number): string {
    return join(this.#folder.path, String(part));
  }
}

const keyOf = ({ eventStoreId, aggregateId }: StoredEvent): string => JSON.stringify([eventStoreId, aggregateId]);

/** The same one whenever the events are staged again, as an import is resumed part by part. */
const partOf = (event: StoredEvent): number => createHash('sha256').update(keyOf(event)).digest().readUInt8() % PARTS;

/** An event that comes twice counts once. */
const inOrder = (events: readonly StoredEvent[]): AggregateEvents => {
  const sorted = events.toSorted((left, right) => left.version - right.version);
  return sorted.filter((event, index) => {
    const before = sorted[index - 1];
    if (before?.version !== event.version) return true;
    if (areEqualItems(before.attributes, event.attributes)) return false;
    throw new UntransferableEventError(event, 'there are two different events of this version.');
  }) as [StoredEvent, ...StoredEvent[]];
};
