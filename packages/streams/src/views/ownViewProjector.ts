import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStore } from '@castore/core';
import { backOffMs, inParts, MAX_BATCH_GET_KEYS, mapConcurrently, pause } from '@castore-dynamodb/commons';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { DynamoDbCheckpointStore } from '../checkpoints/dynamoDbCheckpointStore.js';
import { causeOf, outOfTime, type Projector, type ProjectorRun, type Unfinished } from '../projections/projector.js';
import { BACK_OFF } from '../timeouts.js';
import type { ViewDefinition } from './applyEvents.js';
import { collectWork } from './collectWork.js';
import { OwnViewItem } from './ownViewItem.js';
import { planTransaction } from './planTransaction.js';
import { type OwnViewKey, PositionsInViews } from './positionsInViews.js';
import { isConflict, MAX_CONFLICTS } from './refusals.js';
import { viewKey } from './viewItem.js';
import { ViewTable } from './viewTable.js';
import { writePlan } from './writePlan.js';

/** Events of an aggregate in one write, if it has many to catch up with. */
const MAX_EVENTS = 1_000;

/**
 * Keeps a view for each aggregate, each event applied once: the position is in the view's item, so what the view becomes
 * and how far the aggregate has come is one write, which fails if anybody else has written the item since it was read. Then
 * it is read and done again.
 */
export class OwnViewProjector implements Projector {
  readonly checkpoints: PositionsInViews;
  readonly #table: ViewTable;

  constructor(
    readonly definition: ViewDefinition,
    readonly eventStores: readonly EventStore[],
    tableName: string,
    dynamoDbClient: DynamoDBClient,
  ) {
    this.#table = new ViewTable(definition.name, tableName, dynamoDbClient);
    this.checkpoints = new PositionsInViews(this.#table, new DynamoDbCheckpointStore({ tableName, dynamoDbClient }));
  }

  get name(): string {
    return this.definition.name;
  }

  positionKey({ aggregateId }: Pick<PendingAggregate, 'aggregateId'>): OwnViewKey {
    return { ...viewKey(this.name, aggregateId), aggregateId };
  }

  async project(aggregates: readonly PendingAggregate[], run: ProjectorRun): Promise<Unfinished[]> {
    const unfinished: Unfinished[] = [];
    for (const group of inParts(aggregates, MAX_BATCH_GET_KEYS)) {
      if (!run.hasTime()) {
        unfinished.push(...group.map(outOfTime));
        continue;
      }
      const stored = await this.#table.read(group.map(({ aggregateId }) => aggregateId));
      const results = await mapConcurrently(group, run.concurrency, aggregate => {
        const { aggregateId } = aggregate;
        return this.#catchUp(aggregate, new OwnViewItem(this.#table, aggregateId, stored.get(aggregateId)), run);
      });
      unfinished.push(...results.filter(result => result !== undefined));
    }
    return unfinished;
  }

  async #catchUp(aggregate: PendingAggregate, read: OwnViewItem, run: ProjectorRun): Promise<Unfinished | undefined> {
    let item = read;
    for (let conflicts = 0; ; ) {
      if (!run.hasTime()) return outOfTime(aggregate);
      try {
        const step = await this.#advance(aggregate, item);
        if (step !== 'further') return step;
        conflicts = 0;
      } catch (error) {
        if (!isConflict(error) || ++conflicts === MAX_CONFLICTS) {
          return { aggregate, version: 0, cause: causeOf(error) };
        }
        await pause(backOffMs(conflicts, BACK_OFF));
        item = await this.#read(aggregate);
      }
    }
  }

  /** One write: the next events of an aggregate. */
  async #advance(aggregate: PendingAggregate, item: OwnViewItem): Promise<Unfinished | 'further' | undefined> {
    const work = await collectWork(this.name, aggregate, item.checkpoint, MAX_EVENTS);
    if (work === undefined || 'cause' in work) return work;
    const planned = planTransaction(this.definition, [work]);
    const { plan } = await writePlan(this.definition, planned, item.views, item);
    return plan.unfinished[0] ?? 'further';
  }

  async #read({ aggregateId }: PendingAggregate): Promise<OwnViewItem> {
    const stored = await this.#table.read([aggregateId]);
    return new OwnViewItem(this.#table, aggregateId, stored.get(aggregateId));
  }
}
