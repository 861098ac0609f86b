import { setTimeout as sleep } from 'node:timers/promises';

import type { EventDetail, ListAggregateIdsOptions, ListAggregateIdsOutput } from '@castore/core';

import { caught, shuffle, timestampAt } from './events.js';
import { fixture, type TestStore } from './testStores.js';

export type ListedAggregate = ListAggregateIdsOutput['aggregateIds'][number];

/** An event store of its own, whose aggregates nobody adds to. */
export interface ListedStore {
  store: TestStore;
  /** By the time of their first event. Three of them share one. */
  aggregates: ListedAggregate[];
}

/** Listing may show a push late, as an index does; this long, and no longer. */
const PATIENCE_MS = 5_000;

/** More than any listing of the suite needs: a page token that leads in a circle must not hang it. */
const MAX_PAGES = 50;

/** Follows the page tokens; `next` makes the options of each page but the first. */
export const listPages = async (
  store: TestStore,
  options: ListAggregateIdsOptions = {},
  next = (pageToken: string): ListAggregateIdsOptions => ({ ...options, pageToken }),
): Promise<ListedAggregate[][]> => {
  const pages: ListedAggregate[][] = [];
  let page = await store.list(options);
  pages.push(page.aggregateIds);
  while (page.nextPageToken !== undefined) {
    if (pages.length === MAX_PAGES) throw new Error(`There are still page tokens after ${MAX_PAGES} pages.`);
    page = await store.list(next(page.nextPageToken));
    pages.push(page.aggregateIds);
  }
  return pages;
};

/** Waits until listing shows as many aggregates; what is wrong then is for the checks to say. */
export const waitUntilListed = async (isListed: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + PATIENCE_MS;
  while (!(await isListed().catch(() => true)) && Date.now() < end) await sleep(50);
};

const listFirst = async (store: TestStore): Promise<ListedAggregate[]> => (await listPages(store)).flat();

const pushFirstEvents = async (
  store: TestStore,
  seconds: readonly number[],
  name: string,
): Promise<ListedAggregate[]> => {
  const firstEvents = seconds.map((second, index) =>
    caught(`${name}-${seconds.length - index}`, 1, { timestamp: timestampAt(second) }),
  );
  for (const event of shuffle(firstEvents)) await store.push(event);
  await waitUntilListed(async () => (await listFirst(store)).length >= firstEvents.length);
  return firstEvents.map(({ aggregateId, timestamp }: EventDetail) => ({
    aggregateId,
    initialEventTimestamp: timestamp,
  }));
};

export const listedStore = fixture(async (stores): Promise<ListedStore> => {
  const store = await stores.open('LISTED');
  const aggregates = await pushFirstEvents(store, [10, 20, 30, 40, 40, 40, 50, 60, 70], 'listed');
  // Later events, at times that would list their aggregates elsewhere.
  for (const [index, { aggregateId }] of aggregates.entries()) {
    if (index % 3 === 0) await store.push(caught(aggregateId, 2, { timestamp: timestampAt(100 - index) }));
  }
  return { store, aggregates };
});

/** Another one of the same adapter, whose page tokens are foreign to the first. */
export const otherListedStore = fixture(async (stores): Promise<ListedStore> => {
  const store = await stores.open('ALSO-LISTED');
  return { store, aggregates: await pushFirstEvents(store, [15, 25, 35, 45], 'also-listed') };
});
