import type { EventDetail, EventsQueryOptions } from '@castore/core';

/** Reads events of one aggregate. */
export type EventsReader = (options: EventsQueryOptions) => Promise<EventDetail[]>;

/** The last events of an aggregate, up to the version or the time that is wanted, in version order. */
export interface History {
  readonly events: EventDetail[];
  /** Whether there are no events before these. */
  readonly isComplete: boolean;
}

export const upTo = (maxVersion: number | undefined): EventsQueryOptions =>
  maxVersion === undefined ? {} : { maxVersion };

/** The last `limit` events up to `maxVersion`. */
export const readTail = async (
  readEvents: EventsReader,
  limit: number,
  maxVersion: number | undefined,
): Promise<History> => {
  const backwards = await readEvents({ reverse: true, limit, ...upTo(maxVersion) });
  const events = backwards.toReversed();
  return { events, isComplete: events.length < limit || events[0]?.version === 1 };
};

/** The events from `minVersion` to `maxVersion`, of which only those are read that the history lacks. */
export const readFrom = async (
  readEvents: EventsReader,
  { events, isComplete }: History,
  minVersion: number,
  maxVersion: number | undefined,
): Promise<EventDetail[]> => {
  const [oldest, last] = [events[0]?.version ?? 0, events.at(-1)?.version ?? 0];
  // Such events came while the history was read, or are not there any more.
  if (minVersion > last) return readEvents({ minVersion, ...upTo(maxVersion) });
  if (isComplete || oldest <= minVersion) return events.filter(({ version }) => version >= minVersion);
  return [...(await readEvents({ maxVersion: oldest - 1, ...(minVersion > 1 ? { minVersion } : {}) })), ...events];
};

/** The version that an event should have had and none has, if there is one. */
export const findGap = (events: readonly EventDetail[], firstVersion: number): number | undefined => {
  const index = events.findIndex(({ version }, position) => version !== firstVersion + position);
  return index === -1 ? undefined : firstVersion + index;
};
