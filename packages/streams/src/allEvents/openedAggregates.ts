import type { EventStore, ListAggregateIdsOptions, ListAggregateIdsOutput } from '@castore/core';
import { eventTableOf } from '@castore-dynamodb/adapter';
import { nameMissingTable, retry, withDeadline } from '@castore-dynamodb/commons';

import { instantOf } from '../eventFilter.js';
import { ASK_AGAIN, TIMEOUTS } from '../timeouts.js';
import { AggregateReader, compare, type EventBudget } from './aggregateReader.js';

/** An aggregate whose first events are on their way. */
export interface OpenedAggregate {
  /** The instant of its first event; empty if its timestamp is none. */
  readonly start: string;
  readonly reader: AggregateReader;
}

interface ListedAggregate {
  readonly eventStore: EventStore;
  readonly aggregateId: string;
  readonly start: string;
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
  for await (const { eventStore, aggregateId, start } of byTime(eventStores, to)) {
    opened.push({ start, reader: new AggregateReader(eventStore, aggregateId, budget) });
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
      .toSorted(({ value: left }, { value: right }) => compare(left.start, right.start));
    if (first === undefined) return;
    yield first.value;
    heads[first.index] = await (lists[first.index] as (typeof lists)[number]).next();
  }
}

/** The longest that the text of a timestamp with a time zone can be ahead of its instant, in milliseconds. */
const MAX_ZONE_MS = 24 * 60 * 60 * 1000;

/** The index has them in the order of their texts, which is that of their instants if all of them have one form. */
async function* listed(
  eventStore: EventStore,
  to: string | undefined,
): AsyncGenerator<ListedAggregate, undefined, undefined> {
  const range = to === undefined ? {} : { initialEventBefore: later(to) };
  let pageToken: string | undefined;
  do {
    const page = await listPage(eventStore, { ...range, ...(pageToken !== undefined && { pageToken }) });
    for (const { aggregateId, initialEventTimestamp } of page.aggregateIds) {
      const start = instantOf(initialEventTimestamp) ?? '';
      if (to === undefined || start <= to) yield { eventStore, aggregateId, start };
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}

/** Later by a day, as long as there is a form for it. */
const later = (instant: string): string => {
  const time = new Date(Date.parse(instant) + MAX_ZONE_MS).toISOString();
  return time > instant ? time : instant;
};

const listPage = async (eventStore: EventStore, options: ListAggregateIdsOptions): Promise<ListAggregateIdsOutput> => {
  const operation = `listAggregateIds of event store ${JSON.stringify(eventStore.eventStoreId)}`;
  const list = async () => eventStore.listAggregateIds(options);
  try {
    return await retry(ASK_AGAIN, () => withDeadline({ operation, milliseconds: TIMEOUTS.request }, list));
  } catch (error) {
    const tableName = eventTableOf(eventStore.eventStorageAdapter)?.tableName;
    if (tableName !== undefined) nameMissingTable(error, tableName);
    throw error;
  }
};
