import type { Aggregate, EventDetail } from '@castore/core';

import { SnapshotIgnoredError, type SnapshotIgnoredReason } from '../errors/index.js';
import type { Snapshot } from '../snapshot.js';
import { fingerprint } from '../state/fingerprint.js';
import { type EventsReader, extendTo, type History, readTail } from './history.js';
import { rewind } from './rewind.js';

/** An aggregate, and what it was made of. */
export interface LoadedAggregate<AGGREGATE extends Aggregate, EVENT extends EventDetail> {
  readonly aggregate: AGGREGATE | undefined;
  /** Those after the snapshot; all of them where none was used. */
  readonly events: EVENT[];
  readonly lastEvent: EVENT | undefined;
  readonly snapshot: Snapshot | undefined;
}

/** Where one aggregate's snapshots and events come from, and how they become it. */
export interface AggregateSource<AGGREGATE extends Aggregate, EVENT extends EventDetail> {
  readonly readEvents: EventsReader<EVENT>;
  /** The newest snapshot at or before a version. Does not fail: what cannot be read is not there. */
  readonly findSnapshot: (maxVersion: number | undefined) => Promise<Snapshot | undefined>;
  /** @throws SnapshotIgnoredError */
  readonly restore: (snapshot: Snapshot) => Promise<AGGREGATE>;
  readonly buildAggregate: (events: EVENT[], aggregate?: AGGREGATE) => AGGREGATE | undefined;
  /** Told of a snapshot that was found and not used, and of the last version that there is. */
  readonly onIgnored: (error: SnapshotIgnoredError, lastVersion: number) => void;
}

export interface LoadRange {
  readonly maxVersion: number | undefined;
  /** In milliseconds since 1970. */
  readonly instant: number | undefined;
  /** How many of the last events are asked for together with the snapshot. */
  readonly tailLength: number;
}

/**
 * An aggregate from the newest fitting snapshot and the events after it.
 *
 * Both are asked for at once, since nobody knows the snapshot's version before it is there: the last events, backwards.
 * Where they reach to the snapshot, that is all. The snapshot's own event is always among what is read: it shows that
 * the snapshot is of this very history, and it is the last event where none came after.
 */
export const loadAggregate = async <AGGREGATE extends Aggregate, EVENT extends EventDetail>(
  source: AggregateSource<AGGREGATE, EVENT>,
  { maxVersion, instant, tailLength }: LoadRange,
): Promise<LoadedAggregate<AGGREGATE, EVENT>> => {
  const [newest, tail] = await Promise.all([
    source.findSnapshot(maxVersion),
    readTail(source.readEvents, tailLength, maxVersion),
  ]);
  if (instant === undefined) return build(source, newest, tail, maxVersion);

  const history = await rewind(source.readEvents, tail, instant);
  const version = history.events.at(-1)?.version;
  if (version === undefined) return { aggregate: undefined, events: [], lastEvent: undefined, snapshot: undefined };
  const snapshot = newest !== undefined && newest.version > version ? await source.findSnapshot(version) : newest;
  return build(source, snapshot, history, version);
};

const build = async <AGGREGATE extends Aggregate, EVENT extends EventDetail>(
  source: AggregateSource<AGGREGATE, EVENT>,
  snapshot: Snapshot | undefined,
  history: History<EVENT>,
  maxVersion: number | undefined,
): Promise<LoadedAggregate<AGGREGATE, EVENT>> => {
  if (snapshot !== undefined) {
    try {
      return await buildOnSnapshot(source, snapshot, history, maxVersion);
    } catch (error) {
      if (!(error instanceof SnapshotIgnoredError)) throw error;
      source.onIgnored(error, history.events.at(-1)?.version ?? 0);
    }
  }
  const events = [...(await extendTo(source.readEvents, history, 0))];
  return { aggregate: source.buildAggregate(events), events, lastEvent: events.at(-1), snapshot: undefined };
};

/** @throws SnapshotIgnoredError */
const buildOnSnapshot = async <AGGREGATE extends Aggregate, EVENT extends EventDetail>(
  source: AggregateSource<AGGREGATE, EVENT>,
  snapshot: Snapshot,
  history: History<EVENT>,
  maxVersion: number | undefined,
): Promise<LoadedAggregate<AGGREGATE, EVENT>> => {
  const state = await source.restore(snapshot);
  const [own, ...events] = await readFrom(source.readEvents, snapshot.version, history, maxVersion);
  const refusal = refuseOtherHistory(snapshot, own);
  if (own === undefined || refusal !== undefined) {
    throw new SnapshotIgnoredError(refusal ?? 'ahead-of-events', snapshot);
  }
  return { aggregate: source.buildAggregate(events, state), events, lastEvent: events.at(-1) ?? own, snapshot };
};

/** The events from the snapshot's own on. */
const readFrom = async <EVENT extends EventDetail>(
  readEvents: EventsReader<EVENT>,
  version: number,
  history: History<EVENT>,
  maxVersion: number | undefined,
): Promise<readonly EVENT[]> => {
  const last = history.events.at(-1)?.version ?? 0;
  if (version <= last) return extendTo(readEvents, history, version);
  // The snapshot came later than the last event: it was written while both were read, or its event is no longer there.
  return readEvents({ minVersion: version, ...(maxVersion === undefined ? {} : { maxVersion }) });
};

const refuseOtherHistory = (snapshot: Snapshot, own: EventDetail | undefined): SnapshotIgnoredReason | undefined => {
  if (own === undefined) return 'ahead-of-events';
  return own.version === snapshot.version && fingerprint(own) === snapshot.lastEvent ? undefined : 'other-events';
};
