import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import type { Unfinished } from '../projections/projector.js';
import type { Plan } from './planTransaction.js';
import type { ViewDefinition } from './viewDefinition.js';
import { decodeView, type EncodedView, encodeView } from './viewItem.js';

/** Views as they are stored, by key; undefined where there is none. */
export type StoredViews = ReadonlyMap<string, Record<string, AttributeValue> | undefined>;

/** Views after the planned events, encoded; undefined where there is none any more. */
export type FoldedViews = ReadonlyMap<string, EncodedView | undefined>;

/**
 * Applies the planned events to the views, aggregate by aggregate; or the first unfinished, of an event that cannot be
 * applied, or whose view cannot be stored. Then nothing of what was done counts: a handler may have changed a view before
 * it threw.
 */
export const foldViews = (definition: ViewDefinition, plan: Plan, stored: StoredViews): FoldedViews | Unfinished => {
  const views = applyEvents(definition, plan, stored, () => {});
  if ('cause' in views) return views;
  try {
    return new Map([...views].map(([key, view]) => [key, encode(definition, key, view)]));
  } catch {
    // Which event is to blame shows when each is tried.
    const blamed = applyEvents(definition, plan, stored, (key, view) => void encode(definition, key, view));
    if ('cause' in blamed) return blamed;
    throw new Error('The handlers of a projection returned other views for the same events.');
  }
};

const encode = ({ name }: ViewDefinition, key: string, view: unknown): EncodedView | undefined =>
  view === undefined ? undefined : encodeView(name, key, view);

const applyEvents = (
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
