import { UnstorableViewError } from '../errors.js';
import type { Unfinished } from '../projections/projector.js';
import { type FoldedViews, foldViews, type StoredViews } from './foldViews.js';
import { cutAt, halve, type Plan, type PlannedEvent, type PlannedWork } from './planTransaction.js';
import type { ViewDefinition } from './viewDefinition.js';

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const MAX_SIZE = 4 * 1024 * 1024;

/** More than a position takes. */
const POSITION_SIZE = 2048 + 128;

/** As much of a plan as can be applied and written in one transaction, and the views after it. */
export const fitTransaction = (
  definition: ViewDefinition,
  planned: Plan,
  stored: StoredViews,
): { plan: Plan; views: FoldedViews } => {
  let plan = planned;
  for (;;) {
    const views = foldViews(definition, plan, stored);
    if ('cause' in views) plan = cutAt(plan, views);
    else if (sizeOf(plan, views) <= MAX_SIZE) return { plan, views };
    else {
      const reason = `the ${views.size} views that the event touches have more than ${MAX_SIZE} bytes, the most that a transaction of DynamoDB takes.`;
      plan = withoutHalf(definition, plan, reason);
    }
  }
};

/** Half of a plan that cannot be written; where it is one event, the plan without it, for this reason. */
export const withoutHalf = (definition: ViewDefinition, plan: Plan, reason: string): Plan =>
  halve(plan) ?? cutAt(plan, unstorable(definition, plan, reason));

const sizeOf = ({ works }: Plan, views: FoldedViews): number =>
  [...views.values()].reduce((sum, view) => sum + (view?.size ?? 0), works.length * POSITION_SIZE);

const unstorable = ({ name }: ViewDefinition, { works }: Plan, reason: string): Unfinished => {
  const { aggregate, events } = works.find(work => work.events.length > 0) as PlannedWork;
  const [{ event, keys }] = events as [PlannedEvent];
  const error = new UnstorableViewError({ projection: name, key: keys[0] as string }, 'view', reason);
  return { aggregate, version: event.version, cause: { kind: 'event', error } };
};
