import type { EventDetail } from '@castore/core';
import { MAX_TRANSACTION_ITEMS, MAX_TRANSACTION_SIZE } from '@castore-dynamodb/commons';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { UnstorableViewError } from '../errors.js';
import type { Unfinished } from '../projections/projector.js';
import { applyEvents, type PlannedEvent, type ViewDefinition, type ViewsAfter, type Work } from './applyEvents.js';
import type { StoredViews } from './viewTable.js';

/** More than a position takes. */
const POSITION_SIZE = 2048 + 256;

export interface Plan {
  readonly works: readonly Work<PlannedEvent>[];
  /** Aggregates whose next event after the planned ones cannot be applied at all. */
  readonly unfinished: readonly Unfinished[];
}

/** As many of the events, from the beginning, as fit into one transaction with their views and positions. */
export const planTransaction = (definition: ViewDefinition, works: readonly Work[]): Plan => {
  const plan = { works: [] as Work<PlannedEvent>[], unfinished: [] as Unfinished[] };
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
      if (keys.size + newKeys.length + positions + Number(isFirst) > MAX_TRANSACTION_ITEMS) return plan;
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
    if (keys.length < MAX_TRANSACTION_ITEMS) return { event, keys };
    throw new UnstorableViewError(
      { projection: definition.name, key: keys[0] as string },
      'key',
      `the event changes ${keys.length} views; a DynamoDB transaction has ${MAX_TRANSACTION_ITEMS} items at most.`,
    );
  } catch (error) {
    return { aggregate, version: event.version, cause: { kind: 'event', error } };
  }
};

/** The views that are touched, each once. */
export const keysOf = ({ works }: Plan): string[] => [
  ...new Set(works.flatMap(({ events }) => events.flatMap(event => event.keys))),
];

/** As much of a plan as can be applied and written in one transaction, and the views after it. */
export const fitTransaction = (
  definition: ViewDefinition,
  planned: Plan,
  stored: StoredViews,
): { plan: Plan; views: ViewsAfter } => {
  let plan = planned;
  for (;;) {
    const views = applyEvents(definition, plan.works, stored);
    if ('cause' in views) plan = withoutEvent(plan, views);
    else if (sizeOf(plan, views) <= MAX_TRANSACTION_SIZE) return { plan, views };
    else {
      const reason = `the ${views.size} views that the event changes have more than ${MAX_TRANSACTION_SIZE} bytes, the limit of a DynamoDB transaction.`;
      plan = withoutHalf(definition, plan, reason);
    }
  }
};

const sizeOf = ({ works }: Plan, views: ViewsAfter): number =>
  [...views.values()].reduce((sum, view) => sum + (view?.size ?? 0), works.length * POSITION_SIZE);

/** The first half of a plan that cannot be written. If the plan is one event, the plan without it, with this reason. */
export const withoutHalf = (definition: ViewDefinition, plan: Plan, reason: string): Plan => {
  const all = plan.works.flatMap(({ aggregate, events }) => events.map(planned => ({ aggregate, ...planned })));
  if (all.length > 1) return withoutEvents(plan, all.slice(Math.floor(all.length / 2)).map(toCut));
  const [{ aggregate, event, keys }] = all as [TouchingEvent];
  return withoutEvent(plan, unstorable(definition, { aggregate, event, keys }, keys[0] as string, reason));
};

/**
 * The plan without the events whose views DynamoDB refuses, by the views' keys. If several events touch such a view,
 * any of them may be the cause: the later half of them waits until the others are written, or refused.
 */
export const withoutRefused = (definition: ViewDefinition, plan: Plan, refused: ReadonlyMap<string, string>): Plan => {
  const cuts = [...refused].flatMap(([key, reason]): Cut[] => {
    const touching = plan.works.flatMap(({ aggregate, events }) =>
      events.filter(({ keys }) => keys.includes(key)).map(planned => ({ aggregate, ...planned })),
    );
    if (touching.length > 1) return touching.slice(Math.floor(touching.length / 2)).map(toCut);
    return touching.map(one => unstorable(definition, one, key, reason));
  });
  return withoutEvents(plan, cuts);
};

interface TouchingEvent extends PlannedEvent {
  readonly aggregate: PendingAggregate;
}

/** From here on an aggregate's events are left out: they wait, or with a cause, the first of them cannot be applied. */
type Cut = Pick<Unfinished, 'aggregate' | 'version'> & Partial<Unfinished>;

const toCut = ({ aggregate, event: { version } }: TouchingEvent): Cut => ({ aggregate, version });

const unstorable = (
  { name }: ViewDefinition,
  { aggregate, event }: TouchingEvent,
  key: string,
  reason: string,
): Unfinished => {
  const error = new UnstorableViewError({ projection: name, key }, 'view', reason);
  return { aggregate, version: event.version, cause: { kind: 'event', error } };
};

/** The plan without an aggregate's events from the one on that cannot be applied. */
const withoutEvent = (plan: Plan, unfinished: Unfinished): Plan => withoutEvents(plan, [unfinished]);

const withoutEvents = (plan: Plan, cuts: readonly Cut[]): Plan => {
  const first = new Map<PendingAggregate, Cut>();
  for (const cut of cuts) {
    const known = first.get(cut.aggregate);
    const isEarlier = known === undefined || cut.version < known.version;
    if (isEarlier || (cut.version === known.version && cut.cause !== undefined)) first.set(cut.aggregate, cut);
  }
  const works = plan.works.map(work => {
    const cut = first.get(work.aggregate);
    if (cut === undefined) return work;
    return { ...work, events: work.events.filter(({ event }) => event.version < cut.version) };
  });
  const unfinished = [...first.values()].filter((cut): cut is Unfinished => cut.cause !== undefined);
  return { works, unfinished: [...plan.unfinished.filter(({ aggregate }) => !first.has(aggregate)), ...unfinished] };
};
