import assert from 'node:assert/strict';

import type { ListAggregateIdsOptions } from '@castore/core';

import type { Checks } from '../check.js';
import { assertAllRefused, assertEqual } from '../support/assertions.js';
import { timestampAt } from '../support/events.js';
import { listedStore, listPages, otherListedStore } from '../support/listedAggregates.js';
import { alter, forge, truncate } from '../support/pageTokens.js';
import type { TestStore, TestStores } from '../support/testStores.js';

const firstPageToken = async (store: TestStore, options: ListAggregateIdsOptions = { limit: 2 }): Promise<string> => {
  const { nextPageToken } = await store.list(options);
  assert.ok(nextPageToken !== undefined, `listing with ${JSON.stringify(options)} has no page token`);
  return nextPageToken;
};

/** Fails unless the event store refuses every one of these page tokens. */
const assertTokensRefused = async (store: TestStore, tokens: readonly string[]): Promise<void> => {
  const lists = tokens.map(pageToken => [pageToken, async () => store.list({ pageToken })]);
  await assertAllRefused(Object.fromEntries(lists));
};

const PAGE_SIZES = [1, 2, 3, 4, 8];

const assertAllVisitedOnce = async (stores: TestStores, options: ListAggregateIdsOptions): Promise<void> => {
  const { store } = await listedStore(stores);
  const { aggregateIds: all } = await store.list(options);
  for (const limit of PAGE_SIZES) {
    const pages = await listPages(store, { ...options, limit });
    assertEqual(pages.flat(), all);
    assertEqual(
      pages.slice(0, -1).map(({ length }) => length),
      pages.slice(1).map(() => limit),
    );
  }
};

export const paging = {
  'paging visits every aggregate once': {
    promise: 'Following the page tokens visits every aggregate once, with full pages, also where times are equal.',
    needs: ['listing'],
    run: async stores => assertAllVisitedOnce(stores, {}),
  },
  'paging keeps range and direction': {
    promise: 'Following the page tokens visits every aggregate of a range of time once, and does so in reverse.',
    needs: ['listing'],
    run: async stores => {
      await assertAllVisitedOnce(stores, { reverse: true });
      const range = { initialEventAfter: timestampAt(20), initialEventBefore: timestampAt(60) };
      await assertAllVisitedOnce(stores, range);
      await assertAllVisitedOnce(stores, { ...range, reverse: true });
    },
  },
  'a page token carries its options': {
    promise: 'With a page token alone, listing goes on with the limit, the range and the direction it started with.',
    needs: ['listing'],
    run: async stores => {
      const { store } = await listedStore(stores);
      const bounds = { initialEventAfter: timestampAt(20), initialEventBefore: timestampAt(60) };
      for (const options of [{ limit: 2 }, { limit: 2, reverse: true }, { limit: 3, ...bounds }]) {
        const pages = await listPages(store, options, pageToken => ({ pageToken }));
        assertEqual(pages, await listPages(store, options));
        assertEqual({ hasMorePages: pages.length > 1 }, { hasMorePages: true });
      }
    },
  },
  'options win over a page token': {
    promise: 'An option that is given with a page token replaces the one that the token carries.',
    needs: ['listing'],
    run: async stores => {
      const { store, aggregates } = await listedStore(stores);
      const pageToken = await firstPageToken(store);
      assertEqual((await store.list({ pageToken, limit: 1 })).aggregateIds, aggregates.slice(2, 3));
      const initialEventBefore = timestampAt(30);
      assertEqual(await store.list({ pageToken, limit: 5, initialEventBefore }), {
        aggregateIds: aggregates.slice(2, 3),
      });
    },
  },
  'the range may move while paging': {
    promise: 'A range that is given with a page token may lie ahead of where the token points; listing starts there.',
    needs: ['listing'],
    run: async stores => {
      const { store, aggregates } = await listedStore(stores);
      const pageToken = await firstPageToken(store);
      const { aggregateIds } = await store.list({ pageToken, limit: 5, initialEventAfter: timestampAt(60) });
      assertEqual(aggregateIds, aggregates.slice(-2));
    },
  },
  'the last page has no token': {
    promise: 'A page that ends with the last aggregate has no page token, even if it is full.',
    needs: ['listing'],
    run: async stores => {
      const { store, aggregates } = await listedStore(stores);
      assertEqual((await store.list({ limit: aggregates.length })).nextPageToken, undefined);
      assertEqual((await listPages(store, { limit: 3 })).length, 3);
    },
  },
  'a page token that is none is refused': {
    promise: 'Text, JSON or anything else that no listing handed out is refused as a page token.',
    needs: ['listing'],
    run: async stores => {
      const { store } = await listedStore(stores);
      const json = ['{}', '[]', 'null', '0', '"text"', '{"lastEvaluatedKey":{}}', '{"__proto__":{}}'];
      const encoded = json.map(text => Buffer.from(text).toString('base64'));
      await assertTokensRefused(store, ['', ' ', 'garbage', '\u0000', 'x'.repeat(10_000), ...json, ...encoded]);
    },
  },
  'a truncated page token is refused': {
    promise: 'A page token that was cut at either end is refused.',
    needs: ['listing'],
    run: async stores => {
      const { store } = await listedStore(stores);
      await assertTokensRefused(store, truncate(await firstPageToken(store)));
    },
  },
  'an altered page token is refused': {
    promise: 'A page token with another character anywhere is refused.',
    needs: ['listing'],
    run: async stores => {
      const { store } = await listedStore(stores);
      await assertTokensRefused(store, alter(await firstPageToken(store)));
    },
  },
  'a forged page token is refused': {
    promise: 'A page token whose content was decoded, changed and encoded again is refused, and reads nothing.',
    needs: ['listing'],
    run: async stores => {
      const { store, aggregates } = await listedStore(stores);
      const other = await otherListedStore(stores);
      const [from] = aggregates.slice(1);
      const [to] = other.aggregates;
      assert.ok(from !== undefined && to !== undefined);
      const token = await firstPageToken(store);
      await assertTokensRefused(store, [
        ...forge(token, from.aggregateId, to.aggregateId),
        ...forge(token, store.eventStoreId, other.store.eventStoreId),
        ...forge(token, from.initialEventTimestamp, to.initialEventTimestamp),
      ]);
    },
  },
  "another event store's page token is refused": {
    promise: 'A page token is good for the event store that handed it out, and refused by any other.',
    needs: ['listing'],
    run: async stores => {
      const { store } = await listedStore(stores);
      const other = await otherListedStore(stores);
      await assertTokensRefused(store, [await firstPageToken(other.store)]);
      await assertTokensRefused(other.store, [await firstPageToken(store)]);
    },
  },
} satisfies Checks;
