import type { EventDetail, EventsQueryOptions } from '@castore/core';

/** Reads events of one aggregate. */
export type EventsReader<EVENT extends EventDetail> = (options: EventsQueryOptions) => Promise<EVENT[]>;

/** The last events of an aggregate, up to the version or the time that is wanted, in version order. */
export interface History<EVENT extends EventDetail> {
  readonly events: readonly EVENT[];
  /** Whether there are no events before these. */
  readonly isComplete: boolean;
}

/** The last `limit` events up to `maxVersion`. */
export const readTail = async <EVENT extends EventDetail>(
  readEvents: EventsReader<EVENT>,
  limit: number,
  maxVersion: number | undefined,
): Promise<History<EVENT>> => {
  const backwards = await readEvents({ reverse: true, limit, ...(maxVersion === undefined ? {} : { maxVersion }) });
  const events = backwards.toReversed();
  return { events, isComplete: events.length < limit || events[0]?.version === 1 };
};

/** The events from `minVersion` (or the first one) to the end of a history, of which only what it lacks is read. */
export const extendTo = async <EVENT extends EventDetail>(
  readEvents: EventsReader<EVENT>,
  { events, isComplete }: History<EVENT>,
  minVersion: number,
): Promise<readonly EVENT[]> => {
  const [oldest] = events;
  if (oldest === undefined || isComplete || oldest.version <= minVersion) {
    return events.filter(({ version }) => version >= minVersion);
  }
  const gap = await readEvents({
    maxVersion: oldest.version - 1,
    ...(minVersion > 1 ? { minVersion } : {}),
  });
  return [...gap, ...events];
};

/** The version that an event should have had and none has, where there is one. */
export const findGap = (events: readonly EventDetail[], firstVersion: number): number | undefined => {
  const index = events.findIndex(({ version }, position) => version !== firstVersion + position);
  return index === -1 ? undefined : firstVersion + index;
};
