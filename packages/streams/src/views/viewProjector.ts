import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { EventStore } from '@castore/core';
import { mapConcurrently } from '@castore-dynamodb/commons';

import { eventsAfter } from '../aggregates/eventsAfter.js';
import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { backOff } from '../backOff.js';
import {
  checkpointPut,
  DynamoDbCheckpointStore,
  itemKey,
  keyOf,
  newRevision,
} from '../checkpoints/dynamoDbCheckpointStore.js';
import { batchGet } from '../checkpoints/tableRequests.js';
import { formatPosition, parsePosition, positionKey } from '../projections/position.js';
import { causeOf, type Projector, type ProjectorRun, type Unfinished } from '../projections/projector.js';
import { isConflict } from './conflict.js';
import { fitTransaction, withoutHalf } from './fitTransaction.js';
import type { FoldedViews, StoredViews } from './foldViews.js';
import { KeyLocks } from './keyLocks.js';
import { type Plan, type PlannedWork, planTransaction, type Work } from './planTransaction.js';
import { refusalIn } from './refusal.js';
import type { ViewDefinition } from './viewDefinition.js';
import { viewKey } from './viewItem.js';
import { viewWrite } from './viewRequests.js';

type Item = Record<string, AttributeValue>;

interface Step {
  /** Aggregates that have further events. */
  readonly waiting: readonly PendingAggregate[];
  readonly unfinished: readonly Unfinished[];
}

/** Aggregates in a transaction: each has a position in it, and a view of its own usually. */
const MAX_AGGREGATES = 50;

/** Events of an aggregate in a transaction, where it has many to catch up with. */
const MAX_EVENTS = 100;

/** Conflicts in a row, with about 10 s of waiting in all, before others are left to try it. */
const MAX_CONFLICTS = 10;

/**
 * Keeps views in DynamoDB, each event applied once: what a view becomes and how far the aggregates have come is written in
 * one transaction, which fails where anybody else has written any of it since it was read. Then all of it is read and done
 * again, with fewer aggregates at a time.
 */
export class ViewProjector implements Projector {
  readonly checkpoints: DynamoDbCheckpointStore;
  readonly #locks = new KeyLocks();

  constructor(
    readonly definition: ViewDefinition,
    readonly eventStores: readonly EventStore[],
    readonly tableName: string,
    readonly client: DynamoDBClient,
  ) {
    this.checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient: client });
  }

  get name(): string {
    return this.definition.name;
  }

  async project(aggregates: readonly PendingAggregate[], run: ProjectorRun): Promise<Unfinished[]> {
    const unfinished: Unfinished[] = [];
    let waiting = aggregates;
    let size = MAX_AGGREGATES;
    let conflicts = 0;
    while (waiting.length > 0) {
      if (!run.hasTime()) return [...unfinished, ...waiting.map(outOfTime)];
      const group = waiting.slice(0, size);
      try {
        const step = await this.#advance(group, run.concurrency);
        unfinished.push(...step.unfinished);
        waiting = [...step.waiting, ...waiting.slice(group.length)];
        conflicts = 0;
        size = Math.min(MAX_AGGREGATES, size * 2);
      } catch (error) {
        if (!isConflict(error) || ++conflicts === MAX_CONFLICTS) throw error;
        size = Math.max(1, Math.floor(size / 2));
        await backOff(conflicts);
      }
    }
    return unfinished;
  }

  /** One transaction: the next events of some aggregates. */
  async #advance(group: readonly PendingAggregate[], concurrency: number): Promise<Step> {
    const { works, unreadable } = await this.#collect(group, concurrency);
    if (works.length === 0) return { waiting: [], unfinished: unreadable };

    const planned = planTransaction(this.definition, works);
    const plan = await this.#locks.run(keysOf(planned), async () => {
      const stored = await this.#readViews(planned);
      return this.#apply(planned, stored);
    });

    const unfinished = [...unreadable, ...plan.unfinished];
    const isUnfinished = new Set(unfinished.map(({ aggregate }) => aggregate));
    const waiting = works
      .map(({ aggregate }, index) => ({ aggregate, reached: plan.works[index]?.events.at(-1)?.event.version ?? 0 }))
      .filter(({ aggregate, reached }) => reached < aggregate.latest && !isUnfinished.has(aggregate))
      .map(({ aggregate }) => aggregate);
    return { waiting, unfinished };
  }

  /** The next events of those aggregates that have any and are not parked. */
  async #collect(
    group: readonly PendingAggregate[],
    concurrency: number,
  ): Promise<{ works: Work[]; unreadable: Unfinished[] }> {
    const checkpoints = await this.checkpoints.read(group.map(aggregate => positionKey(this.name, aggregate)));
    const waiting = group
      .map((aggregate, index) => ({ aggregate, position: parsePosition(checkpoints[index]) }))
      .filter(({ aggregate, position }) => !position.isParked && position.version < aggregate.latest);
    const collected = await mapConcurrently(
      waiting,
      concurrency,
      async ({ aggregate, position }): Promise<Work | Unfinished> => {
        try {
          return { aggregate, position, events: await eventsAfter(aggregate, position.version, MAX_EVENTS) };
        } catch (error) {
          return { aggregate, version: position.version + 1, cause: causeOf(error) };
        }
      },
    );
    return {
      works: collected.filter(result => 'events' in result),
      unreadable: collected.filter(result => 'cause' in result),
    };
  }

  async #readViews(plan: Plan): Promise<StoredViews> {
    const keys = keysOf(plan);
    const itemKeys = keys.map(key => itemKey(viewKey(this.name, key)));
    const items = await batchGet(this.client, this.tableName, itemKeys);
    const byKey = new Map(items.map(item => [keyOf(item), item]));
    const stored = new Map(keys.map((key, index) => [key, byKey.get(keyOf(itemKeys[index] as Item))]));
    return stored;
  }

  /** Writes as much of a plan as can be: an event of which DynamoDB refuses a view keeps no other one back. */
  async #apply(planned: Plan, stored: StoredViews): Promise<Plan> {
    for (let rest = planned; ; ) {
      const { plan, views } = fitTransaction(this.definition, rest, stored);
      try {
        await this.#write(plan, views, stored);
        return plan;
      } catch (error) {
        const refusal = refusalIn(error);
        if (refusal === undefined) throw error;
        rest = withoutHalf(this.definition, plan, `DynamoDB refuses it: ${refusal}`);
      }
    }
  }

  async #write({ works }: Plan, views: FoldedViews, stored: StoredViews): Promise<void> {
    const moved = works.filter(({ events }) => events.length > 0);
    const touchesViews = ({ events }: PlannedWork): boolean => events.some(({ keys }) => keys.length > 0);
    const writes = [...views].map(([key, view]) => viewWrite(this.tableName, this.name, key, view, stored.get(key)));
    const positions = moved.filter(touchesViews).map(work => ({ Put: this.#positionPut(work) }));
    if (positions.length > 0) {
      await this.client.send(new TransactWriteItemsCommand({ TransactItems: [...positions, ...writes] }));
    }
    // Outside of a transaction, a write costs half.
    const others = moved.filter(work => !touchesViews(work));
    await Promise.all(others.map(work => this.client.send(new PutItemCommand(this.#positionPut(work)))));
  }

  #positionPut({ aggregate, position, events }: PlannedWork) {
    const version = events.at(-1)?.event.version ?? position.version;
    const checkpoint = { value: formatPosition({ version, isParked: false }), revision: newRevision() };
    return checkpointPut(this.tableName, positionKey(this.name, aggregate), checkpoint, position.revision);
  }
}

/** The views that are touched, each once. */
const keysOf = ({ works }: Plan): string[] => [
  ...new Set(works.flatMap(({ events }) => events.flatMap(event => event.keys))),
];

const outOfTime = (aggregate: PendingAggregate): Unfinished => ({
  aggregate,
  version: 0,
  cause: { kind: 'out-of-time' },
});
