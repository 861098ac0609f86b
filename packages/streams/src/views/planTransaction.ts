import type { EventDetail } from '@castore/core';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { UnstorableViewError } from '../errors.js';
import type { Position } from '../projections/position.js';
import type { Unfinished } from '../projections/projector.js';
import type { ViewDefinition } from './viewDefinition.js';

/** Items in a transaction. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const MAX_ITEMS = 100;

/** The next events of an aggregate, in version order. */
export interface Work {
  readonly aggregate: PendingAggregate;
  readonly position: Position;
  readonly events: readonly EventDetail[];
}

export interface PlannedEvent {
  readonly event: EventDetail;
  readonly keys: readonly string[];
}

export interface PlannedWork {
  readonly aggregate: PendingAggregate;
  readonly position: Position;
  readonly events: readonly PlannedEvent[];
}

export interface Plan {
  readonly works: readonly PlannedWork[];
  /** Aggregates that are not planned up to an event that has no place in any plan. */
  readonly unfinished: readonly Unfinished[];
}

/** As many of the events, from the beginning, as fit into one transaction with their views and positions. */
export const planTransaction = (definition: ViewDefinition, works: readonly Work[]): Plan => {
  const plan = { works: [] as PlannedWork[], unfinished: [] as Unfinished[] };
  const keys = new Set<string>();
  let positions = 0;
  for (const { aggregate, position, events } of works) {
    const planned: PlannedEvent[] = [];
    plan.works.push({ aggregate, position, events: planned });
    for (const event of events) {
      const touched = findKeys(definition, aggregate, event);
      if ('cause' in touched) {
        plan.unfinished.push(touched);
        break;
      }
      const isFirst = planned.length === 0;
      const newKeys = touched.keys.filter(key => !keys.has(key));
      if (keys.size + newKeys.length + positions + Number(isFirst) > MAX_ITEMS) return plan;
      for (const key of newKeys) keys.add(key);
      positions += Number(isFirst);
      planned.push({ event, keys: touched.keys });
    }
  }
  return plan;
};

const findKeys = (
  definition: ViewDefinition,
  aggregate: PendingAggregate,
  event: EventDetail,
): PlannedEvent | Unfinished => {
  try {
    const keys = definition.keysOf(event, aggregate.eventStore);
    if (keys.length < MAX_ITEMS) return { event, keys };
    throw new UnstorableViewError(
      { projection: definition.name, key: keys[0] as string },
      'key',
      `the event touches ${keys.length} views, a transaction of DynamoDB has ${MAX_ITEMS} items at most.`,
    );
  } catch (error) {
    return { aggregate, version: event.version, cause: { kind: 'event', error } };
  }
};

/** The first half of the planned events; undefined where there is but one. */
export const halve = ({ works, unfinished }: Plan): Plan | undefined => {
  const count = works.reduce((sum, { events }) => sum + events.length, 0);
  if (count < 2) return undefined;
  let left = Math.floor(count / 2);
  const isCut = new Set<PendingAggregate>();
  const halved = works.map(work => {
    const events = work.events.slice(0, left);
    left -= events.length;
    if (events.length < work.events.length) isCut.add(work.aggregate);
    return { ...work, events };
  });
  return { works: halved, unfinished: unfinished.filter(({ aggregate }) => !isCut.has(aggregate)) };
};

/** The plan without an aggregate's events from the one on that it did not get past. */
export const cutAt = (plan: Plan, at: Unfinished): Plan => ({
  works: plan.works.map(work =>
    work.aggregate === at.aggregate
      ? { ...work, events: work.events.filter(({ event }) => event.version < at.version) }
      : work,
  ),
  unfinished: [...plan.unfinished.filter(({ aggregate }) => aggregate !== at.aggregate), at],
});
