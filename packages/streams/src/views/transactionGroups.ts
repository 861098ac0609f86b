import { MAX_TRANSACTION_ITEMS } from '@castore-dynamodb/commons';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import type { ViewDefinition } from './applyEvents.js';

/** The view that each aggregate is taken to touch: which aggregates are written together is decided by it, and nothing else. */
type ViewOf = ReadonlyMap<PendingAggregate, string | undefined>;

/** Which view the events at hand of each aggregate touch first. Others, that are not at hand, may touch others. */
export const firstViews = (definition: ViewDefinition, aggregates: readonly PendingAggregate[]): ViewOf =>
  new Map(aggregates.map(aggregate => [aggregate, firstView(definition, aggregate)]));

const firstView = (definition: ViewDefinition, { eventStore, events }: PendingAggregate): string | undefined => {
  for (const event of events.values()) {
    try {
      const [key] = definition.keysOf(event, eventStore);
      if (key !== undefined) return key;
    } catch {
      // It fails again when it is the event's turn.
    }
  }
  return undefined;
};

/** Aggregates of one view next to each other, so that few transactions write it, whatever the number of aggregates. */
export const byView = (aggregates: readonly PendingAggregate[], viewOf: ViewOf): readonly PendingAggregate[] => {
  const keyOf = (aggregate: PendingAggregate): string => viewOf.get(aggregate) ?? '';
  return aggregates.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : Number(keyOf(left) > keyOf(right))));
};

/** As many of the first aggregates as fit into one transaction with their views; `size` at most. */
export const groupOf = (waiting: readonly PendingAggregate[], viewOf: ViewOf, size: number): PendingAggregate[] => {
  const views = new Set<string>();
  const group: PendingAggregate[] = [];
  for (const aggregate of waiting.slice(0, size)) {
    const view = viewOf.get(aggregate);
    if (view !== undefined) views.add(view);
    if (group.length > 0 && group.length + 1 + views.size > MAX_TRANSACTION_ITEMS) break;
    group.push(aggregate);
  }
  return group;
};
