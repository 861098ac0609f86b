import type { EventDetail, EventStore } from '@castore/core';
import { mapConcurrently, withDeadline } from '@castore-dynamodb/commons';

import { isUnreadable } from '../feed/eventReader.js';
import type { Outgoing } from '../feed/formats.js';
import { toJson } from '../feed/streamTail.js';
import type { FilteredEvent, Matcher } from '../filters/filters.js';
import { formatLogPosition } from './logPosition.js';
import type { LogEntry, LoggedRun } from './sharedLog.js';

/** An event of the log, as it goes out. */
export interface LoggedOutgoing extends Outgoing, FilteredEvent {
  /** Which event of its entry it is, from 1 on. */
  readonly done: number;
}

/** Events that are at hand, from the first of a run on; undefined if they have to be read. */
export type EventsAtHand = (entry: number, run: LoggedRun) => readonly EventDetail[] | undefined;

const DEADLINE_MS = 10_000;
const READS_AT_A_TIME = 20;

/** The events that the log's entries name. */
export class LoggedEvents {
  readonly #eventStores: Map<string, EventStore>;
  readonly #onError: (error: unknown) => void;

  constructor(eventStores: readonly EventStore[], onError: (error: unknown) => void) {
    this.#eventStores = new Map(eventStores.map(eventStore => [eventStore.eventStoreId, eventStore]));
    this.#onError = onError;
  }

  /**
   * Those that are wanted, in the order of the log, of each entry. What is not at hand is read from the event store, which
   * costs a read unit for each 4 KB of a run. What is not there any more is left out.
   */
  async outgoing(
    logId: string,
    entries: readonly LogEntry[],
    wants: Matcher,
    atHand: EventsAtHand = () => undefined,
  ): Promise<Map<number, LoggedOutgoing[]>> {
    const tasks = entries.flatMap(entry => runsOf(entry).map(placed => ({ entry, ...placed })));
    const found = await mapConcurrently(tasks, READS_AT_A_TIME, async ({ entry, run, offset, count }) => {
      const { eventStoreId, aggregateId, types } = run;
      if (!types.some(type => wants({ eventStoreId, aggregateId, type }))) return [];
      const events = atHand(entry.number, run) ?? (await this.#read(run));
      return events
        .filter(({ type }) => wants({ eventStoreId, aggregateId, type }))
        .map(event => {
          const done = offset + event.version - run.version + 1;
          const next = done === count ? { entry: entry.number + 1, done: 0 } : { entry: entry.number, done };
          const position = formatLogPosition({ logId, ...next });
          return { eventStoreId, aggregateId, type: event.type, json: toJson(eventStoreId, event), position, done };
        });
    });
    const outgoing = new Map<number, LoggedOutgoing[]>(entries.map(({ number }) => [number, []]));
    for (const [index, events] of found.entries()) outgoing.get(tasks[index]?.entry.number as number)?.push(...events);
    return outgoing;
  }

  async #read({ eventStoreId, aggregateId, version, types }: LoggedRun): Promise<readonly EventDetail[]> {
    const eventStore = this.#eventStores.get(eventStoreId);
    if (eventStore === undefined) return [];
    const last = version + types.length - 1;
    const read = async (minVersion: number, maxVersion: number): Promise<readonly EventDetail[]> => {
      const { events } = await withDeadline({ operation: 'getEvents', milliseconds: DEADLINE_MS }, () =>
        eventStore.getEvents(aggregateId, { minVersion, maxVersion }),
      );
      return events;
    };
    const events: EventDetail[] = [];
    // An event that cannot be read is reported, and not shown; those around it are.
    for (let next = version; next <= last; ) {
      try {
        events.push(...(await read(next, last)));
        break;
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        const unreadable = (error as { version: number }).version;
        this.#onError(error);
        if (unreadable > next) events.push(...(await read(next, unreadable - 1)));
        next = unreadable + 1;
      }
    }
    return events;
  }
}

/** The runs of an entry, with the number of events before each, and of all. */
const runsOf = ({ runs }: LogEntry): { run: LoggedRun; offset: number; count: number }[] => {
  const count = runs.reduce((sum, { types }) => sum + types.length, 0);
  let offset = 0;
  return runs.map(run => {
    const placed = { run, offset, count };
    offset += run.types.length;
    return placed;
  });
};
