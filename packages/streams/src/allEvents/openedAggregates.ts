import type { EventStore } from '@castore/core';

import { AggregateReader } from './aggregateReader.js';
import type { EventBudget } from './eventBudget.js';
import { compare } from './eventOrder.js';

/** An aggregate whose first events are on their way. */
export interface OpenedAggregate {
  readonly initialEventTimestamp: string;
  readonly reader: AggregateReader;
}

interface ListedAggregate {
  readonly eventStore: EventStore;
  readonly aggregateId: string;
  readonly initialEventTimestamp: string;
}

/** Aggregates that are opened before they are needed, so that their requests are under way at the same time. */
const AHEAD = 16;

/** The event stores' aggregates, by the time of their first event, until `to`. */
export async function* openedAggregates(
  eventStores: readonly EventStore[],
  to: string | undefined,
  budget: EventBudget,
): AsyncGenerator<OpenedAggregate, void, undefined> {
  const opened: OpenedAggregate[] = [];
  for await (const { eventStore, aggregateId, initialEventTimestamp } of byTime(eventStores, to)) {
    opened.push({ initialEventTimestamp, reader: new AggregateReader(eventStore, aggregateId, budget) });
    if (opened.length > AHEAD) yield opened.shift() as OpenedAggregate;
  }
  yield* opened;
}

async function* byTime(
  eventStores: readonly EventStore[],
  to: string | undefined,
): AsyncGenerator<ListedAggregate, void, undefined> {
  const lists = eventStores.map(eventStore => listed(eventStore, to));
  const heads = await Promise.all(lists.map(list => list.next()));
  for (;;) {
    const [first] = [...heads.entries()]
      .flatMap(([index, { value }]) => (value === undefined ? [] : [{ index, value }]))
      .toSorted(({ value: left }, { value: right }) =>
        compare(left.initialEventTimestamp, right.initialEventTimestamp),
      );
    if (first === undefined) return;
    yield first.value;
    heads[first.index] = await (lists[first.index] as (typeof lists)[number]).next();
  }
}

async function* listed(
  eventStore: EventStore,
  to: string | undefined,
): AsyncGenerator<ListedAggregate, undefined, undefined> {
  const range = to === undefined ? {} : { initialEventBefore: to };
  let pageToken: string | undefined;
  do {
    const page = await eventStore.listAggregateIds({ ...range, ...(pageToken !== undefined && { pageToken }) });
    for (const aggregate of page.aggregateIds) yield { eventStore, ...aggregate };
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}
