import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { EventDetail, EventStore } from '@castore/core';
import { copyEvent } from '@castore-dynamodb/adapter';
import { backOffMs, mapConcurrently, pause } from '@castore-dynamodb/commons';

import { eventsAfter, readEvents } from '../aggregates/eventsAfter.js';
import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import type { Checkpoint, CheckpointKey } from '../checkpoints/checkpointStore.js';
import { checkpointPut, DynamoDbCheckpointStore, newRevision } from '../checkpoints/dynamoDbCheckpointStore.js';
import { BACK_OFF } from '../timeouts.js';
import { isConflict } from '../views/refusals.js';
import { formatPosition, type Position, parsePosition, positionAfter, positionAt, positionKey } from './position.js';
import { causeOf, outOfTime, type Projector, type ProjectorRun, type Unfinished } from './projector.js';
import { findRewrittenHistory } from './rewrittenHistory.js';

/** The next events of an aggregate, from a version on and without a gap. */
export interface EventRun {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly events: readonly [EventDetail, ...EventDetail[]];
}

export interface EventBatch {
  /** At most 50 aggregates, each once, with at most 20 events. */
  readonly runs: readonly EventRun[];
  /** Marks the events as handled: one write for each aggregate, to go into the same transaction as what is made of them. */
  readonly positions: readonly TransactWriteItem[];
}

/** What is done with batches. */
export interface BatchWork {
  /**
   * When this projection began, in milliseconds. Of an aggregate that it has not met yet, what is older than the first
   * event at hand is handled if its timestamp is not before that.
   */
  readonly since: () => Promise<number>;
  /** Writes a batch, in one transaction. If another writer was first, all is read and done again. */
  readonly write: (batch: EventBatch) => Promise<void>;
  /**
   * Called when everything at hand is written, also if that was done before: what it has to do may have been interrupted.
   * False if it has run out of time. What it throws, or false, makes the same records come again.
   */
  readonly afterwards: (run: { readonly hasTime: () => boolean }) => Promise<boolean>;
}

interface Work {
  readonly aggregate: PendingAggregate;
  readonly position: Position;
  readonly events: readonly [EventDetail, ...EventDetail[]];
}

const MAX_AGGREGATES = 50;
const MAX_EVENTS = 20;

/** Conflicts in a row, with about 10 s of waiting in all, before others are left to try it. */
const MAX_CONFLICTS = 10;

/** Events that are read at a time, in search of the first that counts. */
const HISTORY_PAGE = 10;

/** Hands the events of many aggregates to one transaction. Has no use for replays, and leaves them alone. */
export class BatchProjector implements Projector {
  readonly checkpoints: DynamoDbCheckpointStore;
  readonly #tableName: string;
  readonly #work: BatchWork;

  constructor(
    readonly name: string,
    readonly eventStores: readonly EventStore[],
    tableName: string,
    dynamoDbClient: DynamoDBClient,
    work: BatchWork,
  ) {
    this.checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });
    this.#tableName = tableName;
    this.#work = work;
  }

  positionKey(aggregate: PendingAggregate): CheckpointKey {
    return positionKey(this.name, aggregate);
  }

  async project(aggregates: readonly PendingAggregate[], run: ProjectorRun): Promise<Unfinished[]> {
    if (run.replay) return [];
    const unfinished = await this.#writeAll(aggregates, run);
    if (await this.#work.afterwards(run)) return unfinished;
    const isReported = new Set(unfinished.map(({ aggregate }) => aggregate));
    return [...unfinished, ...aggregates.filter(aggregate => !isReported.has(aggregate)).map(outOfTime)];
  }

  async #writeAll(aggregates: readonly PendingAggregate[], run: ProjectorRun): Promise<Unfinished[]> {
    const unfinished: Unfinished[] = [];
    let waiting = aggregates;
    let conflicts = 0;
    while (waiting.length > 0) {
      if (!run.hasTime()) return [...unfinished, ...waiting.map(outOfTime)];
      const group = waiting.slice(0, MAX_AGGREGATES);
      try {
        const { works, unreadable } = await this.#collect(group, run.concurrency);
        if (works.length > 0) await this.#write(works);
        unfinished.push(...unreadable);
        const rest = works.filter(({ aggregate, events }) => (events.at(-1) as EventDetail).version < aggregate.latest);
        waiting = [...rest.map(({ aggregate }) => aggregate), ...waiting.slice(group.length)];
        conflicts = 0;
      } catch (error) {
        if (!isConflict(error) || ++conflicts === MAX_CONFLICTS) throw error;
        await pause(backOffMs(conflicts, BACK_OFF));
      }
    }
    return unfinished;
  }

  async #collect(
    group: readonly PendingAggregate[],
    concurrency: number,
  ): Promise<{ works: Work[]; unreadable: Unfinished[] }> {
    const checkpoints = await this.checkpoints.read(group.map(aggregate => this.positionKey(aggregate)));
    const collected = await mapConcurrently(group, concurrency, (aggregate, index) =>
      this.#collectOne(aggregate, checkpoints[index]),
    );
    const found = collected.filter(result => result !== undefined);
    return {
      works: found.filter(result => 'events' in result),
      unreadable: found.filter(result => 'cause' in result),
    };
  }

  /** The next events of an aggregate; undefined if there are none, or if it is parked. */
  async #collectOne(
    aggregate: PendingAggregate,
    checkpoint: Checkpoint | undefined,
  ): Promise<Work | Unfinished | undefined> {
    let position: Position | undefined;
    try {
      const stored = parsePosition(this.name, aggregate, checkpoint);
      position = stored;
      if (stored.isParked) return undefined;
      const rewritten = await findRewrittenHistory(aggregate, stored);
      if (rewritten !== undefined) return { aggregate, version: rewritten.version, cause: causeOf(rewritten) };
      if (checkpoint === undefined) position = positionAt(stored, await this.#beginOf(aggregate));
      if (position.version >= aggregate.latest) return undefined;
      return { aggregate, position, events: await eventsAfter(aggregate, position.version, MAX_EVENTS) };
    } catch (error) {
      return { aggregate, version: position === undefined ? 0 : position.version + 1, cause: causeOf(error) };
    }
  }

  /** The last version of an aggregate that is not to be handled, as it was there before the projection. */
  async #beginOf(aggregate: PendingAggregate): Promise<number> {
    const since = await this.#work.since();
    const isOld = ({ timestamp }: EventDetail): boolean => !(Date.parse(timestamp) >= since);
    const first = Math.min(aggregate.latest, ...aggregate.events.keys());
    for (let version = first - 1, limit = 1; version > 0; limit = HISTORY_PAGE) {
      // The first look is for one event: usually, it is an old one.
      const events = await readEvents(aggregate, { maxVersion: version, reverse: true, limit });
      const old = events.find(isOld);
      if (old !== undefined) return old.version;
      if (events.length === 0) return 0;
      version = (events.at(-1) as EventDetail).version - 1;
    }
    return 0;
  }

  #write(works: readonly Work[]): Promise<void> {
    const runs = works.map(({ aggregate: { eventStore, aggregateId }, events: [first, ...others] }) => ({
      eventStoreId: eventStore.eventStoreId,
      aggregateId,
      events: [copyEvent(first), ...others.map(copyEvent)] as const,
    }));
    const positions = works.map(({ aggregate, position, events }) => {
      const checkpoint = { value: formatPosition(positionAfter(position, events)), revision: newRevision() };
      const key = this.positionKey(aggregate);
      return { Put: checkpointPut(this.#tableName, key, checkpoint, position.revision) };
    });
    return this.#work.write({ runs, positions });
  }
}
