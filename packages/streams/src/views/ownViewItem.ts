import {
  PROJECTION_TABLE_NO_VIEW_KEY,
  PROJECTION_TABLE_POSITION_KEY,
  PROJECTION_TABLE_REVISION_KEY,
} from '@castore-dynamodb/table';

import type { Checkpoint } from '../checkpoints/checkpointStore.js';
import { ifRevision, itemKey, newRevision, revisionOf } from '../checkpoints/dynamoDbCheckpointStore.js';
import type { Item } from '../checkpoints/tableRequests.js';
import { formatPosition } from '../projections/position.js';
import { positionValue, touchesViews, type ViewsAfter } from './applyEvents.js';
import type { Plan } from './planTransaction.js';
import { isRefusedAsAWhole } from './refusals.js';
import { hasView, positionIn, viewKey } from './viewItem.js';
import type { StoredViews, ViewTable } from './viewTable.js';
import type { PlanWriter } from './writePlan.js';

/**
 * The view of one aggregate, with the projection's position for it in the same item, so that one conditional write moves
 * both. An item may hold a position alone: before there is a view, and after it was deleted.
 */
export class OwnViewItem implements PlanWriter {
  #item: Item | undefined;

  /** @param item as it was read */
  constructor(
    readonly table: ViewTable,
    readonly key: string,
    item: Item | undefined,
  ) {
    this.#item = item;
  }

  /** The position, as a checkpoint. @throws InvalidArgumentError for a view that is not kept in this way. */
  get checkpoint(): Checkpoint | undefined {
    const item = this.#item;
    if (item === undefined) return undefined;
    return { value: positionIn(this.table.projection, this.key, item), revision: revisionOf(item) as string };
  }

  get views(): StoredViews {
    return new Map([[this.key, hasView(this.#item) ? this.#item : undefined]]);
  }

  async writeViews({ works: [work] }: Plan, views: ViewsAfter): Promise<void> {
    if (work === undefined || !touchesViews(work)) return;
    const { attributes = NO_VIEW } = views.get(this.key) ?? {};
    await this.#put(attributes, positionValue(work));
  }

  async writeOtherPositions({ works: [work] }: Plan): Promise<void> {
    if (work === undefined || work.events.length === 0 || touchesViews(work)) return;
    await this.writePosition(positionValue(work));
  }

  refusedViews(): ReadonlyMap<string, string> {
    return new Map();
  }

  async writePositionsAlone(plan: Plan): Promise<Plan | undefined> {
    const [work] = plan.works;
    try {
      if (work !== undefined) await this.writePosition(formatPosition(work.position));
      return plan;
    } catch (error) {
      if (isRefusedAsAWhole(error)) return undefined;
      throw error;
    }
  }

  /** Writes another position, and leaves the view as it is. */
  async writePosition(position: string): Promise<void> {
    await this.#put(this.#item ?? NO_VIEW, position);
  }

  async #put(members: Item, position: string): Promise<void> {
    const item = {
      ...members,
      ...itemKey(viewKey(this.table.projection, this.key)),
      [PROJECTION_TABLE_POSITION_KEY]: { S: position },
      [PROJECTION_TABLE_REVISION_KEY]: { S: newRevision() },
    };
    await this.table.put({ TableName: this.table.tableName, Item: item, ...ifRevision(revisionOf(this.#item)) });
    this.#item = item;
  }
}

const NO_VIEW: Item = { [PROJECTION_TABLE_NO_VIEW_KEY]: { BOOL: true } };
