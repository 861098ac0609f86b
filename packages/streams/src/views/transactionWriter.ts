import { PROJECTION_TABLE_REVISION_KEY } from '@castore-dynamodb/table';

import { checkpointPut, newRevision } from '../checkpoints/dynamoDbCheckpointStore.js';
import { positionKey } from '../projections/position.js';
import { type PlannedEvent, positionValue, touchesViews, type ViewsAfter, type Work } from './applyEvents.js';
import type { Plan } from './planTransaction.js';
import { isRefusedAsAWhole, refusedItems } from './refusals.js';
import { viewWrite } from './viewItem.js';
import type { StoredViews, ViewTable } from './viewTable.js';
import type { PlanWriter } from './writePlan.js';

/** Writes views, and positions as items of their own, in one transaction. */
export class TransactionWriter implements PlanWriter {
  constructor(readonly table: ViewTable) {}

  async writeViews(plan: Plan, views: ViewsAfter, stored: StoredViews): Promise<void> {
    const { tableName, projection } = this.table;
    const writes = [...views].map(([key, view]) => viewWrite(tableName, projection, key, view, stored.get(key)));
    const positions = plan.works.filter(touchesViews).map(work => ({ Put: this.#positionPut(work) }));
    if (positions.length > 0) await this.table.transact([...positions, ...writes]);
  }

  /** Outside of a transaction, a write costs half. */
  async writeOtherPositions({ works }: Plan): Promise<void> {
    const others = works.filter(work => work.events.length > 0 && !touchesViews(work));
    await Promise.all(others.map(work => this.table.put(this.#positionPut(work))));
  }

  refusedViews(plan: Plan, views: ViewsAfter, error: unknown): ReadonlyMap<string, string> {
    const positions = plan.works.filter(touchesViews).length;
    const keys = [...views.keys()];
    const refused = [...refusedItems(error)].map(([index, reason]) => [keys[index - positions], reason] as const);
    const isViews = refused.every((entry): entry is [string, string] => entry[0] !== undefined);
    return new Map(isViews ? refused.map(([key, reason]) => [key, `DynamoDB refuses it: ${reason}`]) : []);
  }

  /** That of the first aggregate or else of the last one. */
  async writePositionsAlone(plan: Plan): Promise<Plan | undefined> {
    const touching = plan.works.filter(touchesViews);
    for (const work of new Set([touching[0], touching.at(-1)])) {
      if (work === undefined) continue;
      const put = this.#positionPut({ ...work, events: [] });
      try {
        await this.table.transact([{ Put: put }]);
      } catch (error) {
        if (isRefusedAsAWhole(error)) continue;
        throw error;
      }
      const position = { ...work.position, revision: put.Item[PROJECTION_TABLE_REVISION_KEY]?.S };
      return { ...plan, works: plan.works.map(one => (one === work ? { ...work, position } : one)) };
    }
    return undefined;
  }

  #positionPut(work: Work<PlannedEvent>) {
    const { tableName, projection } = this.table;
    const checkpoint = { value: positionValue(work), revision: newRevision() };
    return checkpointPut(tableName, positionKey(projection, work.aggregate), checkpoint, work.position.revision);
  }
}
