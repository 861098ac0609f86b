import { areEqualItems } from './canonical.js';
import { UntransferableEventError } from './errors.js';
import { fromLine, toLine } from './eventLine.js';
import { PartFiles } from './partFiles.js';
import type { StoredEvent } from './storedEvent.js';

/** The events of an aggregate, in version order. */
export type AggregateEvents = readonly [StoredEvent, ...StoredEvent[]];

/** An event, and the aggregate that it was one of before ids were mapped. */
export interface MappedEvent {
  readonly event: StoredEvent;
  readonly source: string;
}

/**
 * Events on disk, in files by aggregate, until all of them are known. A file has them in any order, and may turn out to be cut
 * when half of it is read: so nothing is written before everything has been read, and then in the order of versions. Each
 * part is in memory for itself: of a million events of 1 KB, 4 MB. An import is resumed part by part.
 */
export class Staging {
  readonly #files: PartFiles;

  private constructor(files: PartFiles) {
    this.#files = files;
  }

  /** Takes as much space as the events as JSON. */
  static async create(): Promise<Staging> {
    return new Staging(await PartFiles.create());
  }

  add({ event, source }: MappedEvent): Promise<void> {
    return this.#files.add(keyOf(event), `${JSON.stringify(source)}\t${toLine(event)}`);
  }

  end(): Promise<void> {
    return this.#files.end();
  }

  /** The aggregates of a part. @throws UntransferableEventError if two different events have one place */
  async read(part: number): Promise<AggregateEvents[]> {
    const aggregates = new Map<string, { source: string; events: StoredEvent[] }>();
    for (const line of await this.#files.read(part)) {
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
    return this.#files.remove();
  }
}

const keyOf = ({ eventStoreId, aggregateId }: StoredEvent): string => JSON.stringify([eventStoreId, aggregateId]);

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
