import type { EventDetail, EventStore } from '@castore/core';
import { mapConcurrently } from '@castore-dynamodb/commons';

import { eventsAfter } from '../aggregates/eventsAfter.js';
import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import {
  boundedStore,
  type Checkpoint,
  type CheckpointKey,
  type CheckpointStore,
} from '../checkpoints/checkpointStore.js';
import { formatPosition, movedPosition, type Position, parsePosition, positionAfter, positionKey } from './position.js';
import { type Cause, causeOf, causeOfThrown, type Projector, type ProjectorRun, type Unfinished } from './projector.js';
import { findRewrittenHistory } from './rewrittenHistory.js';

/** Events of an aggregate that are in memory at a time, and that are handled before its position is written. */
const EVENTS_AT_A_TIME = 500;

/** How long handlers run before the position is written, in milliseconds. An object, so that tests can change it. */
export const SAVING = { interval: 1_000 };

/**
 * After which events a position is written: after each one, or after the last one at hand.
 *
 * @example
 * const savePositionAfter: SavePositionAfter = 'batch';
 */
export type SavePositionAfter = 'event' | 'batch';

/** What is to be done with an event; undefined if nothing is. */
export type FindHandler = (event: EventDetail, eventStore: EventStore) => ((run: ProjectorRun) => unknown) | undefined;

/**
 * Hands events to handlers, each at least once. The position is written after each event that was handled, or after
 * several; always before it stops, also for an event that fails. Events without a handler move it with the next write.
 * If another process was first to write, the work goes on from its position.
 */
export class EventProjector implements Projector {
  readonly checkpoints: CheckpointStore;
  readonly #findHandler: FindHandler;
  readonly #savePositionAfter: SavePositionAfter | undefined;

  constructor(
    readonly name: string,
    readonly eventStores: readonly EventStore[],
    checkpoints: CheckpointStore,
    savePositionAfter: SavePositionAfter | undefined,
    findHandler: FindHandler,
  ) {
    this.checkpoints = boundedStore(checkpoints);
    this.#savePositionAfter = savePositionAfter;
    this.#findHandler = findHandler;
  }

  positionKey(aggregate: PendingAggregate): CheckpointKey {
    return positionKey(this.name, aggregate);
  }

  async project(aggregates: readonly PendingAggregate[], run: ProjectorRun): Promise<Unfinished[]> {
    const checkpoints = await this.checkpoints.read(aggregates.map(aggregate => this.positionKey(aggregate)));
    const results = await mapConcurrently(aggregates, run.concurrency, (aggregate, index) =>
      this.#catchUp(aggregate, checkpoints[index], run),
    );
    return results.filter(result => result !== undefined);
  }

  async #catchUp(
    aggregate: PendingAggregate,
    checkpoint: Checkpoint | undefined,
    run: ProjectorRun,
  ): Promise<Unfinished | undefined> {
    let position: Position | undefined;
    try {
      position = parsePosition(this.name, aggregate, checkpoint);
      const rewritten = position.isParked ? undefined : await findRewrittenHistory(aggregate, position);
      if (rewritten !== undefined) return { aggregate, version: rewritten.version, cause: causeOf(rewritten) };
      while (!position.isParked && position.version < aggregate.latest) {
        const reached = await this.#handleSome(aggregate, position, run);
        if ('cause' in reached) return reached;
        position = reached;
      }
      return undefined;
    } catch (error) {
      return { aggregate, version: position === undefined ? 0 : position.version + 1, cause: causeOf(error) };
    }
  }

  async #handleSome(aggregate: PendingAggregate, start: Position, run: ProjectorRun): Promise<Position | Unfinished> {
    const events = await eventsAfter(aggregate, start.version, EVENTS_AT_A_TIME);
    const interval = this.#isSavedAfterEach(run) ? 0 : SAVING.interval;
    let position = start;
    let savedAt = performance.now();
    /** The version of the last event that was handled. */
    let handled = start.version;
    const goTo = async (version: number): Promise<Position | undefined> => {
      const passed = events.slice(position.version - start.version, version - start.version);
      return this.#write(aggregate, positionAfter(position, passed));
    };
    for (const event of events) {
      const handle = this.#findHandler(event, aggregate.eventStore);
      if (handle === undefined) continue;

      const cause = run.hasTime() ? await failureOf(handle, run) : OUT_OF_TIME;
      if (cause !== undefined) {
        if (handled > position.version) await goTo(handled);
        return { aggregate, version: event.version, cause };
      }
      handled = event.version;
      if (performance.now() - savedAt < interval) continue;
      const written = await goTo(handled);
      if (written === undefined) return this.#read(aggregate, position);
      position = written;
      savedAt = performance.now();
    }
    const end = (events.at(-1) as EventDetail).version;
    if (position.version === end) return position;
    return (await goTo(end)) ?? this.#read(aggregate, position);
  }

  /** In a replay there are many events of an aggregate in a row, and they come again anyway if it is interrupted. */
  #isSavedAfterEach({ replay }: ProjectorRun): boolean {
    return (this.#savePositionAfter ?? (replay ? 'batch' : 'event')) === 'event';
  }

  async #write(aggregate: PendingAggregate, position: Position): Promise<Position | undefined> {
    const key = this.positionKey(aggregate);
    const written = await this.checkpoints.write(key, formatPosition(position), position.revision);
    return written && { ...position, revision: written.revision };
  }

  async #read(aggregate: PendingAggregate, seen: Position): Promise<Position> {
    const [checkpoint] = await this.checkpoints.read([this.positionKey(aggregate)]);
    return movedPosition(this.name, aggregate, checkpoint, seen);
  }
}

const OUT_OF_TIME: Cause = { kind: 'out-of-time' };

const failureOf = async (handle: (run: ProjectorRun) => unknown, run: ProjectorRun): Promise<Cause | undefined> => {
  try {
    await handle(run);
    return undefined;
  } catch (thrown) {
    return causeOfThrown(thrown);
  }
};
