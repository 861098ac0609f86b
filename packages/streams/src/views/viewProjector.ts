import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStore } from '@castore/core';
import { backOffMs, describeError, mapConcurrently, pause } from '@castore-dynamodb/commons';
import { PROJECTION_TABLE_REVISION_KEY } from '@castore-dynamodb/table';

import { eventsAfter } from '../aggregates/eventsAfter.js';
import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import type { Checkpoint } from '../checkpoints/checkpointStore.js';
import { checkpointPut, DynamoDbCheckpointStore, newRevision } from '../checkpoints/dynamoDbCheckpointStore.js';
import { formatPosition, type Position, parsePosition, positionAfter, positionKey } from '../projections/position.js';
import { causeOf, outOfTime, type Projector, type ProjectorRun, type Unfinished } from '../projections/projector.js';
import { findRewrittenHistory } from '../projections/rewrittenHistory.js';
import { BACK_OFF } from '../timeouts.js';
import type { PlannedEvent, ViewDefinition, ViewsAfter, Work } from './applyEvents.js';
import { KeyLocks } from './keyLocks.js';
import { fitTransaction, keysOf, type Plan, planTransaction, withoutHalf, withoutRefused } from './planTransaction.js';
import { isConflict, isRefusedAsAWhole, refusedItems } from './refusals.js';
import { viewWrite } from './viewItem.js';
import { type StoredViews, ViewTable } from './viewTable.js';

/** What became of some aggregates in one transaction. */
interface Step {
  /** Those that have further events. */
  readonly waiting: readonly PendingAggregate[];
  readonly unfinished: readonly Unfinished[];
  /** Whether DynamoDB refused the view of an event. */
  readonly isRefused: boolean;
}

/** Aggregates in a transaction: each has a position in it, and a view of its own usually. */
const MAX_AGGREGATES = 50;

/** Events of an aggregate in a transaction, if it has many to catch up with. */
const MAX_EVENTS = 100;

/** Conflicts in a row, with about 10 s of waiting in all, before others are left to try it. */
const MAX_CONFLICTS = 10;

/**
 * Keeps views in DynamoDB, each event applied once: what a view becomes and how far the aggregates have come is written in
 * one transaction, which fails if anybody else has written any of it since it was read. Then all of it is read and done
 * again, with fewer aggregates at a time.
 */
export class ViewProjector implements Projector {
  readonly checkpoints: DynamoDbCheckpointStore;
  readonly #table: ViewTable;
  readonly #locks = new KeyLocks();

  constructor(
    readonly definition: ViewDefinition,
    readonly eventStores: readonly EventStore[],
    readonly tableName: string,
    dynamoDbClient: DynamoDBClient,
  ) {
    this.checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });
    this.#table = new ViewTable(definition.name, tableName, dynamoDbClient);
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
        // If many views are refused, one at a time costs fewer requests than looking for each among many.
        size = step.isRefused ? 1 : Math.min(MAX_AGGREGATES, size * 2);
      } catch (error) {
        if (!isConflict(error) || ++conflicts === MAX_CONFLICTS) throw error;
        size = Math.max(1, Math.floor(size / 2));
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
    const { plan, isRefused } = await this.#locks.run(keysOf(planned), async () =>
      this.#apply(planned, await this.#table.read(keysOf(planned))),
    );
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
    const checkpoints = await this.checkpoints.read(group.map(aggregate => positionKey(this.name, aggregate)));
    const collected = await mapConcurrently(group, concurrency, (aggregate, index) =>
      collectWork(this.name, aggregate, checkpoints[index]),
    );
    const works = collected.filter(result => result !== undefined);
    return {
      works: works.filter(result => 'events' in result),
      unreadable: works.filter(result => 'cause' in result),
    };
  }

  /** Writes as much of a plan as can be: an event whose view DynamoDB refuses holds up no other aggregate. */
  async #apply(planned: Plan, stored: StoredViews): Promise<{ plan: Plan; isRefused: boolean }> {
    let isContentToBlame = false;
    let isRefused = false;
    for (let rest = planned; ; isRefused = true) {
      const { plan, views } = fitTransaction(this.definition, rest, stored);
      try {
        await this.#writeViews(plan, views, stored);
      } catch (error) {
        const refused = refusedViews(plan, views, error);
        if (refused.size > 0) {
          rest = withoutRefused(this.definition, plan, refused);
          continue;
        }
        if (!isRefusedAsAWhole(error)) throw error;
        const probed = isContentToBlame ? plan : await this.#writePositionsAlone(plan);
        if (probed === undefined) throw error;
        isContentToBlame = true;
        rest = withoutHalf(this.definition, probed, `DynamoDB refuses it: ${describeError(error).message}`);
        continue;
      }
      await this.#writeOtherPositions(plan);
      return { plan, isRefused };
    }
  }

  /** One transaction for the views, and the positions of the aggregates whose events touch them. */
  async #writeViews(plan: Plan, views: ViewsAfter, stored: StoredViews): Promise<void> {
    const writes = [...views].map(([key, view]) => viewWrite(this.tableName, this.name, key, view, stored.get(key)));
    const positions = plan.works.filter(touchesViews).map(work => ({ Put: this.#positionPut(work) }));
    if (positions.length > 0) await this.#table.transact([...positions, ...writes]);
  }

  /** Outside of a transaction, a write costs half. */
  async #writeOtherPositions({ works }: Plan): Promise<void> {
    const others = works.filter(work => work.events.length > 0 && !touchesViews(work));
    await Promise.all(others.map(work => this.#table.put(this.#positionPut(work))));
  }

  /**
   * Finds out whether a transaction was refused for what it would have written, or because the table takes none now:
   * writes positions as they are, which nothing can be wrong with, of the first aggregate or else of the last one.
   *
   * @returns the plan, to go on with; undefined if these are refused as well.
   */
  async #writePositionsAlone(plan: Plan): Promise<Plan | undefined> {
    const touching = plan.works.filter(touchesViews);
    for (const work of new Set([touching[0], touching.at(-1)])) {
      if (work === undefined) continue;
      const put = this.#positionPut({ ...work, events: [] });
      try {
        await this.#table.transact([{ Put: put }]);
      } catch (error) {
        if (isRefusedAsAWhole(error)) continue;
        throw error;
      }
      const position = { ...work.position, revision: put.Item[PROJECTION_TABLE_REVISION_KEY]?.S };
      return { ...plan, works: plan.works.map(one => (one === work ? { ...work, position } : one)) };
    }
    return undefined;
  }

  #positionPut({ aggregate, position, events }: Work<PlannedEvent>) {
    const value = formatPosition(
      positionAfter(
        position,
        events.map(({ event }) => event),
      ),
    );
    const key = positionKey(this.name, aggregate);
    return checkpointPut(this.tableName, key, { value, revision: newRevision() }, position.revision);
  }
}

const touchesViews = ({ events }: Work<PlannedEvent>): boolean => events.some(({ keys }) => keys.length > 0);

/** The views that were refused by themselves, and why; none if anything else was refused. */
const refusedViews = (plan: Plan, views: ViewsAfter, error: unknown): Map<string, string> => {
  const positions = plan.works.filter(touchesViews).length;
  const keys = [...views.keys()];
  const refused = [...refusedItems(error)].map(([index, reason]) => [keys[index - positions], reason] as const);
  const isViews = refused.every((entry): entry is [string, string] => entry[0] !== undefined);
  return new Map(isViews ? refused.map(([key, reason]) => [key, `DynamoDB refuses it: ${reason}`]) : []);
};

/** The next events of an aggregate; undefined if there are none, or if it is parked. */
const collectWork = async (
  projection: string,
  aggregate: PendingAggregate,
  checkpoint: Checkpoint | undefined,
): Promise<Work | Unfinished | undefined> => {
  let position: Position | undefined;
  try {
    position = parsePosition(projection, aggregate, checkpoint);
    if (position.isParked) return undefined;
    const rewritten = await findRewrittenHistory(aggregate, position);
    if (rewritten !== undefined) return { aggregate, version: rewritten.version, cause: causeOf(rewritten) };
    if (position.version >= aggregate.latest) return undefined;
    return { aggregate, position, events: await eventsAfter(aggregate, position.version, MAX_EVENTS) };
  } catch (error) {
    return { aggregate, version: position === undefined ? 0 : position.version + 1, cause: causeOf(error) };
  }
};
