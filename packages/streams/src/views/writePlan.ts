import { describeError } from '@castore-dynamodb/commons';

import type { ViewDefinition, ViewsAfter } from './applyEvents.js';
import { fitTransaction, type Plan, withoutHalf, withoutRefused } from './planTransaction.js';
import { isRefusedAsAWhole } from './refusals.js';
import type { StoredViews } from './viewTable.js';

/** How views and positions get into the table. */
export interface PlanWriter {
  /** Writes the views of a plan, and the positions of the aggregates whose events touch them: all of it, or nothing. */
  writeViews(plan: Plan, views: ViewsAfter, stored: StoredViews): Promise<void>;
  /** Writes the other positions. */
  writeOtherPositions(plan: Plan, stored: StoredViews): Promise<void>;
  /** The views that were refused by themselves, and why; none if anything else was refused. */
  refusedViews(plan: Plan, views: ViewsAfter, error: unknown): ReadonlyMap<string, string>;
  /**
   * Finds out whether a plan was refused for what it would have written, or because the table takes nothing now: writes
   * positions as they are, which nothing can be wrong with.
   *
   * @returns the plan, to go on with; undefined if these are refused as well.
   */
  writePositionsAlone(plan: Plan, stored: StoredViews): Promise<Plan | undefined>;
}

/** Writes as much of a plan as can be: an event whose view DynamoDB refuses holds up no other aggregate. */
export const writePlan = async (
  definition: ViewDefinition,
  planned: Plan,
  stored: StoredViews,
  writer: PlanWriter,
): Promise<{ plan: Plan; isRefused: boolean }> => {
  let isContentToBlame = false;
  let isRefused = false;
  for (let rest = planned; ; isRefused = true) {
    const { plan, views } = fitTransaction(definition, rest, stored);
    try {
      await writer.writeViews(plan, views, stored);
    } catch (error) {
      const refused = writer.refusedViews(plan, views, error);
      if (refused.size > 0) {
        rest = withoutRefused(definition, plan, refused);
        continue;
      }
      if (!isRefusedAsAWhole(error)) throw error;
      const probed = isContentToBlame ? plan : await writer.writePositionsAlone(plan, stored);
      if (probed === undefined) throw error;
      isContentToBlame = true;
      rest = withoutHalf(definition, probed, `DynamoDB refuses it: ${describeError(error).message}`);
      continue;
    }
    await writer.writeOtherPositions(plan, stored);
    return { plan, isRefused };
  }
};
