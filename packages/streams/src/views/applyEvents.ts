import { MAX_TRANSACTION_SIZE } from '@castore-dynamodb/commons';

import type { Unfinished } from '../projections/projector.js';
import { type Plan, withoutEvent, withoutHalf } from './planTransaction.js';
import type { ViewDefinition } from './viewDefinition.js';
import { decodeView, type EncodedView, encodeView } from './viewItem.js';
import type { StoredViews } from './viewTable.js';

/** Views after the planned events, encoded; undefined if there is none any more. */
export type ViewsAfter = ReadonlyMap<string, EncodedView | undefined>;

/** More than a position takes. */
const POSITION_SIZE = 2048 + 256;

/** As much of a plan as can be applied and written in one transaction, and the views after it. */
export const fitTransaction = (
  definition: ViewDefinition,
  planned: Plan,
  stored: StoredViews,
): { plan: Plan; views: ViewsAfter } => {
  let plan = planned;
  for (;;) {
    const views = applyEvents(definition, plan, stored);
    if ('cause' in views) plan = withoutEvent(plan, views);
    else if (sizeOf(plan, views) <= MAX_TRANSACTION_SIZE) return { plan, views };
    else {
      const reason = `the ${views.size} views that the event touches have more than ${MAX_TRANSACTION_SIZE} bytes, the most that a transaction of DynamoDB takes.`;
      plan = withoutHalf(definition, plan, reason);
    }
  }
};

const sizeOf = ({ works }: Plan, views: ViewsAfter): number =>
  [...views.values()].reduce((sum, view) => sum + (view?.size ?? 0), works.length * POSITION_SIZE);

/**
 * Applies the planned events to the views, aggregate by aggregate; or the first event that cannot be applied, or whose view
 * cannot be stored. Then nothing of what was done counts: a handler may have changed a view before it threw.
 */
const applyEvents = (definition: ViewDefinition, plan: Plan, stored: StoredViews): ViewsAfter | Unfinished => {
  const views = project(definition, plan, stored, () => {});
  if ('cause' in views) return views;
  try {
    return new Map([...views].map(([key, view]) => [key, encode(definition, key, view)]));
  } catch {
    // Which event is to blame shows when the view is encoded after each.
    const blamed = project(definition, plan, stored, (key, view) => void encode(definition, key, view));
    if ('cause' in blamed) return blamed;
    throw new Error('The handlers of a projection returned other views for the same events.');
  }
};

const encode = ({ name }: ViewDefinition, key: string, view: unknown): EncodedView | undefined =>
  view === undefined ? undefined : encodeView(name, key, view);

const project = (
  definition: ViewDefinition,
  { works }: Plan,
  stored: StoredViews,
  check: (key: string, view: unknown) => void,
): Map<string, unknown> | Unfinished => {
  const views = new Map<string, unknown>();
  const viewOf = (key: string): unknown => {
    const item = stored.get(key);
    const known = views.has(key) ? views.get(key) : item && decodeView(definition.name, key, item);
    return known === undefined ? definition.initialView() : known;
  };
  for (const { aggregate, events } of works) {
    const { eventStoreId } = aggregate.eventStore;
    for (const { event, keys } of events) {
      try {
        for (const key of keys) {
          const view = definition.project(viewOf(key), event, { key, eventStoreId });
          check(key, view);
          views.set(key, view);
        }
      } catch (error) {
        return { aggregate, version: event.version, cause: { kind: 'event', error } };
      }
    }
  }
  return views;
};
