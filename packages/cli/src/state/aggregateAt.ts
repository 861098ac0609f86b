import type { EventDetail, EventStore } from '@castore/core';
import { isObject } from '@castore-dynamodb/commons';
import type { EventStoreWithSnapshots } from '@castore-dynamodb/snapshots';

import { streamEvents } from '../connection/streamEvents.js';

/** Which state of an aggregate is meant: after a version, after an instant, or the present one. */
export type PointInTime = { readonly version: number } | { readonly instant: string } | 'now';

/** In milliseconds: an event that is later than the instant by more than clocks may differ ends the reading. */
const MAX_CLOCK_DRIFT_MS = 60_000;

/**
 * The states of an aggregate at some points in time; undefined if there was none yet. An event store with snapshots finds
 * each of them from a snapshot. Otherwise the events are read once for all of them, and none that is later than all.
 *
 * Writes nothing: no snapshot is taken.
 */
export const aggregatesAt = async (
  eventStore: EventStore,
  aggregateId: string,
  points: readonly PointInTime[],
): Promise<unknown[]> => {
  const withSnapshots = findSnapshots(eventStore);
  if (withSnapshots !== undefined) {
    return Promise.all(
      points.map(async point => (await withSnapshots.getAggregate(aggregateId, selectionOf(point))).aggregate),
    );
  }
  const events = await readUntil(eventStore, aggregateId, points);
  return points.map(point => {
    const upTo = events.slice(0, countUntil(events, point));
    // A reducer may change what it gets in place.
    return eventStore.buildAggregate(points.length === 1 ? upTo : structuredClone(upTo));
  });
};

/** What `withSnapshots` returned, told by what it adds; undefined for an event store without snapshots. */
const findSnapshots = (
  eventStore: EventStore | EventStoreWithSnapshots<EventStore>,
): EventStoreWithSnapshots<EventStore> | undefined =>
  'snapshots' in eventStore && isObject(eventStore.snapshots) ? eventStore : undefined;

/** Loads of the present may take a snapshot; those of a version never do. */
const selectionOf = (point: PointInTime): { maxVersion: number } | { at: string } => {
  if (point === 'now') return { maxVersion: Number.MAX_SAFE_INTEGER };
  return 'version' in point ? { maxVersion: point.version } : { at: point.instant };
};

const readUntil = async (
  eventStore: EventStore,
  aggregateId: string,
  points: readonly PointInTime[],
): Promise<EventDetail[]> => {
  const versions = points.flatMap(point => (point !== 'now' && 'version' in point ? [point.version] : []));
  const maxVersion = versions.length === points.length ? Math.max(...versions) : undefined;
  const events: EventDetail[] = [];
  for await (const event of streamEvents(eventStore, aggregateId, maxVersion === undefined ? {} : { maxVersion })) {
    events.push(event);
    if (points.every(point => isPassed(event, point))) break;
  }
  return events;
};

const isPassed = ({ version, timestamp }: EventDetail, point: PointInTime): boolean => {
  if (point === 'now') return false;
  if ('version' in point) return version >= point.version;
  return Date.parse(timestamp) > Date.parse(point.instant) + MAX_CLOCK_DRIFT_MS;
};

/** In the order of versions, should clocks have run backwards: all events up to the last one that is not later. */
const countUntil = (events: readonly EventDetail[], point: PointInTime): number => {
  if (point === 'now') return events.length;
  const isNotLater = ({ version, timestamp }: EventDetail): boolean =>
    'version' in point ? version <= point.version : Date.parse(timestamp) <= Date.parse(point.instant);
  return events.findLastIndex(isNotLater) + 1;
};
