import type { EventDetail, EventStore } from '@castore/core';
import { parseInstant } from '@castore-dynamodb/commons';

import { SnapshotIgnoredError } from '../errors.js';
import type { SnapshotRepository } from '../repository/snapshotRepository.js';
import type { Snapshot } from '../snapshotStorage.js';
import { foldInto } from './foldInto.js';
import { type EventsReader, type History, readFrom, readTail, upTo } from './history.js';
import { type GetAggregateOptions, type LoadedAggregate, NOTHING } from './loadedAggregate.js';
import type { TailEstimate } from './readUnits.js';
import { findInstant, isNotLater, ranBackwards, rewind } from './timeTravel.js';

/** Makes aggregates from the newest fitting snapshot and the events after it. */
export class AggregateLoader {
  readonly #eventStore: EventStore;
  readonly #snapshots: SnapshotRepository;
  readonly #tail: TailEstimate;

  constructor(eventStore: EventStore, snapshots: SnapshotRepository, tail: TailEstimate) {
    this.#eventStore = eventStore;
    this.#snapshots = snapshots;
    this.#tail = tail;
  }

  /** How many of an aggregate's last events are read at first. */
  get tailLength(): number {
    return this.#tail.events;
  }

  /** @throws InvalidArgumentError, and what reading and reducing events throws. */
  async load(aggregateId: string, options: GetAggregateOptions = {}): Promise<LoadedAggregate> {
    const { maxVersion, at } = options;
    const instant = at === undefined ? undefined : parseInstant(at, 'options.at');
    const readEvents = this.#readerOf(aggregateId);
    // Nothing to look for, and then no reason to read the last events first.
    if (!this.#snapshots.hasStorage && instant === undefined) {
      return this.#replay(await readEvents(upTo(maxVersion)));
    }
    // Both at once, since nobody knows the snapshot's version before it is there.
    const [newest, tail] = await Promise.all([
      this.#snapshots.find(aggregateId, maxVersion),
      readTail(readEvents, this.#tail.events, maxVersion),
    ]);
    if (instant === undefined) return this.#build(readEvents, newest, tail, maxVersion);
    return this.#loadAt(aggregateId, readEvents, newest, tail, instant);
  }

  /**
   * The present, if it is wanted. If the last events are all there are, they alone decide on that, without a look for a
   * snapshot: a request less for each aggregate that is too short for one.
   */
  async loadIf(
    aggregateId: string,
    isWanted: (events: readonly EventDetail[]) => boolean,
  ): Promise<LoadedAggregate | undefined> {
    const readEvents = this.#readerOf(aggregateId);
    const tail = await readTail(readEvents, this.#tail.events, undefined);
    if (tail.isComplete && !isWanted(tail.events)) return undefined;
    const loaded = await this.#build(readEvents, await this.#snapshots.find(aggregateId, undefined), tail, undefined);
    return isWanted(loaded.events) ? loaded : undefined;
  }

  #readerOf(aggregateId: string): EventsReader {
    return async query => (await this.#eventStore.getEvents(aggregateId, query)).events;
  }

  /** At an instant. Whatever is read on the way shows how far clocks can be trusted. */
  async #loadAt(
    aggregateId: string,
    readEvents: EventsReader,
    newest: Snapshot | undefined,
    tail: History,
    instant: string,
  ): Promise<LoadedAggregate> {
    const seen = [...tail.events];
    const readAndNote: EventsReader = async query => {
      const events = await readEvents(query);
      for (const event of events) seen.push(event);
      return events;
    };
    const build = async (history: History): Promise<LoadedAggregate> => {
      const version = history.events.at(-1)?.version;
      if (version === undefined) return NOTHING;
      const isTooNew = newest !== undefined && newest.version > version;
      const snapshot = isTooNew ? await this.#snapshots.find(aggregateId, version) : newest;
      return this.#build(readAndNote, snapshot, history, version);
    };
    const isReached =
      newest?.lastEventTimestamp !== undefined && isNotLater({ timestamp: newest.lastEventTimestamp }, instant);
    const { history, isBisected } = await findInstant(readAndNote, tail, instant, isReached ? newest.version : 0);
    const loaded = await build(history);
    return isBisected && ranBackwards(seen) ? build(await rewind(readEvents, tail, instant)) : loaded;
  }

  #replay(events: EventDetail[]): LoadedAggregate {
    const aggregate = this.#eventStore.buildAggregate(events);
    return { aggregate, events, lastEvent: events.at(-1), snapshot: undefined };
  }

  /** On the snapshot if that can be done, else of all events. */
  async #build(
    readEvents: EventsReader,
    snapshot: Snapshot | undefined,
    history: History,
    maxVersion: number | undefined,
  ): Promise<LoadedAggregate> {
    const replay = async (): Promise<LoadedAggregate> =>
      this.#replay(await readFrom(readEvents, history, 0, maxVersion));
    const readAll = async (): Promise<LoadedAggregate> => this.#replay(await readEvents(upTo(maxVersion)));
    const restored = snapshot && (await this.#snapshots.restore(snapshot));
    if (snapshot === undefined || restored === undefined) return replay();

    const events = await readFrom(readEvents, history, snapshot.version, maxVersion);
    try {
      return foldInto(this.#eventStore, restored.origin, restored.aggregate, events);
    } catch (error) {
      if (!(error instanceof SnapshotIgnoredError)) throw error;
      // If it is not the snapshot's fault, the reducer throws again. It may have changed the events that it got: they are read anew.
      const replayed = await (error.reason === 'wrong-shape' ? readAll() : replay());
      this.#ignore(snapshot, error, history, maxVersion);
      return replayed;
    }
  }

  /**
   * A load up to a version shows which snapshots up to that version are ahead of the events; it says nothing of later
   * ones.
   */
  #ignore(snapshot: Snapshot, error: SnapshotIgnoredError, { events }: History, maxVersion: number | undefined): void {
    this.#snapshots.report(error);
    if (error.reason !== 'ahead-of-events') return;
    this.#snapshots.discard(snapshot.aggregateId, { minVersion: (events.at(-1)?.version ?? 0) + 1, maxVersion });
  }
}
