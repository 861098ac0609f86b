import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStore } from '@castore/core';
import { backOffMs, MAX_TRANSACTION_ITEMS, mapConcurrently, pause } from '@castore-dynamodb/commons';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import type { CheckpointKey } from '../checkpoints/checkpointStore.js';
import { DynamoDbCheckpointStore } from '../checkpoints/dynamoDbCheckpointStore.js';
import { positionKey } from '../projections/position.js';
import { outOfTime, type Projector, type ProjectorRun, type Unfinished } from '../projections/projector.js';
import { BACK_OFF } from '../timeouts.js';
import type { ViewDefinition, Work } from './applyEvents.js';
import { collectWork } from './collectWork.js';
import { KeyLocks } from './keyLocks.js';
import { keysOf, planTransaction } from './planTransaction.js';
import { isConflict, MAX_CONFLICTS } from './refusals.js';
import { byView, firstViews, groupOf } from './transactionGroups.js';
import { TransactionWriter } from './transactionWriter.js';
import { checkHasNoPosition } from './viewItem.js';
import { ViewTable } from './viewTable.js';
import { writePlan } from './writePlan.js';

/** What became of some aggregates in one transaction. */
interface Step {
  /** Those that have further events. */
  readonly waiting: readonly PendingAggregate[];
  readonly unfinished: readonly Unfinished[];
  /** Whether DynamoDB refused the view of an event. */
  readonly isRefused: boolean;
}

/** Aggregates in a transaction, if all their events touch one view. Those with a view of their own take two items each. */
const MAX_AGGREGATES = MAX_TRANSACTION_ITEMS - 1;

/** Events in a transaction, if aggregates have many to catch up with; each may have `MIN_SHARE` of them. */
const MAX_EVENTS = 1_000;
const MIN_SHARE = 100;

/**
 * Keeps views in DynamoDB, each event applied once: what a view becomes and how far the aggregates have come is written in
 * one transaction, which fails if anybody else has written any of it since it was read. Then all of it is read and done
 * again, with fewer aggregates at a time.
 */
export class ViewProjector implements Projector {
  readonly checkpoints: DynamoDbCheckpointStore;
  readonly #table: ViewTable;
  readonly #writer: TransactionWriter;
  readonly #locks = new KeyLocks();

  constructor(
    readonly definition: ViewDefinition,
    readonly eventStores: readonly EventStore[],
    tableName: string,
    dynamoDbClient: DynamoDBClient,
  ) {
    this.checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });
    this.#table = new ViewTable(definition.name, tableName, dynamoDbClient);
    this.#writer = new TransactionWriter(this.#table);
  }

  get name(): string {
    return this.definition.name;
  }

  positionKey(aggregate: PendingAggregate): CheckpointKey {
    return positionKey(this.name, aggregate);
  }

  async project(aggregates: readonly PendingAggregate[], run: ProjectorRun): Promise<Unfinished[]> {
    const unfinished: Unfinished[] = [];
    const viewOf = firstViews(this.definition, aggregates);
    let size = MAX_AGGREGATES;
    const isOne = groupOf(aggregates, viewOf, size).length === aggregates.length;
    let waiting = isOne ? aggregates : byView(aggregates, viewOf);
    let conflicts = 0;
    while (waiting.length > 0) {
      if (!run.hasTime()) return [...unfinished, ...waiting.map(outOfTime)];
      const group = groupOf(waiting, viewOf, size);
      try {
        const step = await this.#advance(group, run.concurrency);
        unfinished.push(...step.unfinished);
        waiting = [...step.waiting, ...waiting.slice(group.length)];
        conflicts = 0;
        // If many views are refused, one at a time costs fewer requests than looking for each among many.
        size = step.isRefused ? 1 : Math.min(MAX_AGGREGATES, size * 2);
      } catch (error) {
        if (!isConflict(error) || ++conflicts === MAX_CONFLICTS) throw error;
        size = Math.max(1, Math.floor(group.length / 2));
        await pause(backOffMs(conflicts, BACK_OFF));
      }
    }
    return unfinished;
  }

  /** One transaction: the next events of some aggregates. */
  async #advance(group: readonly PendingAggregate[], concurrency: number): Promise<Step> {
    const { works, unreadable } = await this.#collect(group, concurrency);
    if (works.length === 0) return { waiting: [], unfinished: unreadable, isRefused: false };

    const planned = planTransaction(this.definition, works);
    const { plan, isRefused } = await this.#locks.run(keysOf(planned), async () => {
      const stored = await this.#table.read(keysOf(planned));
      for (const [key, item] of stored) checkHasNoPosition(this.name, key, item);
      return writePlan(this.definition, planned, stored, this.#writer);
    });
    const unfinished = [...unreadable, ...plan.unfinished];
    const isUnfinished = new Set(unfinished.map(({ aggregate }) => aggregate));
    const reached = new Map(plan.works.map(({ aggregate, events }) => [aggregate, events.at(-1)?.event.version ?? 0]));
    const waiting = works
      .map(({ aggregate }) => aggregate)
      .filter(aggregate => (reached.get(aggregate) ?? 0) < aggregate.latest && !isUnfinished.has(aggregate));
    return { waiting, unfinished, isRefused };
  }

  /** The next events of those aggregates that have any and are not parked. */
  async #collect(
    group: readonly PendingAggregate[],
    concurrency: number,
  ): Promise<{ works: Work[]; unreadable: Unfinished[] }> {
    const checkpoints = await this.checkpoints.read(group.map(aggregate => this.positionKey(aggregate)));
    const limit = Math.max(MIN_SHARE, Math.floor(MAX_EVENTS / group.length));
    const collected = await mapConcurrently(group, concurrency, (aggregate, index) =>
      collectWork(this.name, aggregate, checkpoints[index], limit),
    );
    const works = collected.filter(result => result !== undefined);
    return {
      works: works.filter(result => 'events' in result),
      unreadable: works.filter(result => 'cause' in result),
    };
  }
}
