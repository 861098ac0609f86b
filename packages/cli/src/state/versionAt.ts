import type { StoredEvent, StoredEvents } from '@castore-dynamodb/adapter';
import { EVENT_TABLE_TIMESTAMP_KEY } from '@castore-dynamodb/table';

/** In milliseconds: so much may clocks differ for what is later by more to stay later. */
const MAX_CLOCK_DRIFT_MS = 60_000;
/** Events that are read at once when few are left. */
const NEAR = 100;

/**
 * The version of an aggregate at an instant: of the last event, in the order of versions, that is not later. 0 if it had not
 * begun. About a Query of one event for each halving of its versions, and one of the events around the instant.
 */
export const versionAt = async (
  stored: Pick<StoredEvents, 'read'>,
  aggregateId: string,
  instant: string,
): Promise<number> => {
  const wanted = Date.parse(instant);
  const lastBefore = async (minVersion: number, maxVersion: number): Promise<StoredEvent | undefined> =>
    (await stored.read(aggregateId, { minVersion, maxVersion, reverse: true, limit: 1 })).events[0];

  const last = await lastBefore(1, Number.MAX_SAFE_INTEGER);
  if (last === undefined || timeOf(last) <= wanted) return last?.version ?? 0;
  // Whatever is later by more than clocks differ ends the range.
  let low = 1;
  let high = last.version;
  while (high - low >= NEAR) {
    const middle = Math.floor((low + high) / 2);
    const event = await lastBefore(low, middle);
    if (event !== undefined && timeOf(event) > wanted + MAX_CLOCK_DRIFT_MS) high = event.version;
    else low = middle;
  }
  // Then back from there, as events of about the same time may be in any order.
  while (high > 0) {
    const { events } = await stored.read(aggregateId, { maxVersion: high, reverse: true, limit: NEAR });
    const found = events.find(event => timeOf(event) <= wanted);
    if (found !== undefined) return found.version;
    high = (events.at(-1)?.version ?? 1) - 1;
  }
  return 0;
};

/** In milliseconds; what has no time is never the event that is wanted. */
const timeOf = ({ item }: StoredEvent): number => {
  const time = Date.parse(item[EVENT_TABLE_TIMESTAMP_KEY]?.S ?? '');
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
};
