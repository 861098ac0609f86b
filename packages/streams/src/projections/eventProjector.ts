import type { EventDetail, EventStore } from '@castore/core';
import { mapConcurrently } from '@castore-dynamodb/commons';

import { eventsAfter } from '../aggregates/eventsAfter.js';
import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { boundedStore, type Checkpoint, type CheckpointStore } from '../checkpoints/checkpointStore.js';
import { formatPosition, movedPosition, type Position, parsePosition, positionAfter, positionKey } from './position.js';
import { causeOf, causeOfThrown, type Projector, type ProjectorRun, type Unfinished } from './projector.js';
import { findRewrittenHistory } from './rewrittenHistory.js';

/** Events of an aggregate that are in memory at a time, if it has many to catch up with. */
const EVENTS_AT_A_TIME = 500;

/** What is to be done with an event; undefined if nothing is. */
export type FindHandler = (event: EventDetail, eventStore: EventStore) => ((run: ProjectorRun) => unknown) | undefined;

/**
 * Hands events to handlers, each at least once. After each event that was handled, the position is written; events
 * without a handler move it with the next write. If another process was first to write, the work goes on from its
 * position.
 */
export class EventProjector implements Projector {
  readonly checkpoints: CheckpointStore;
  readonly #findHandler: FindHandler;

  constructor(
    readonly name: string,
    readonly eventStores: readonly EventStore[],
    checkpoints: CheckpointStore,
    findHandler: FindHandler,
  ) {
    this.checkpoints = boundedStore(checkpoints);
    this.#findHandler = findHandler;
  }

  async project(aggregates: readonly PendingAggregate[], run: ProjectorRun): Promise<Unfinished[]> {
    const checkpoints = await this.checkpoints.read(aggregates.map(aggregate => positionKey(this.name, aggregate)));
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
      position = parsePosition(checkpoint);
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
    let position = start;
    const goTo = async (version: number): Promise<Position | undefined> => {
      const passed = events.slice(position.version - start.version, version - start.version);
      return this.#write(aggregate, positionAfter(position, passed));
    };
    for (const event of events) {
      const handle = this.#findHandler(event, aggregate.eventStore);
      if (handle === undefined) continue;

      if (!run.hasTime()) return { aggregate, version: event.version, cause: { kind: 'out-of-time' } };
      try {
        await handle(run);
      } catch (thrown) {
        return { aggregate, version: event.version, cause: causeOfThrown(thrown) };
      }
      const written = await goTo(event.version);
      if (written === undefined) return this.#read(aggregate, position);
      position = written;
    }
    const end = (events.at(-1) as EventDetail).version;
    if (position.version === end) return position;
    return (await goTo(end)) ?? this.#read(aggregate, position);
  }

  async #write(aggregate: PendingAggregate, position: Position): Promise<Position | undefined> {
    const key = positionKey(this.name, aggregate);
    const written = await this.checkpoints.write(key, formatPosition(position), position.revision);
    return written && { ...position, revision: written.revision };
  }

  async #read(aggregate: PendingAggregate, seen: Position): Promise<Position> {
    const [checkpoint] = await this.checkpoints.read([positionKey(this.name, aggregate)]);
    return movedPosition(checkpoint, seen);
  }
}
