import type { ListAggregateIdsOutput } from '@castore/core';

import type { EventStorage } from '../eventStorage.js';
import { firstOf, KeyCursor } from './keyCursor.js';
import { segmentOf } from './keySegment.js';
import type { ListQuery } from './listQuery.js';
import { formatPageToken, type ListPosition } from './pageToken.js';

/**
 * One page of an event store's aggregates: `limit` of them if there are that many, else as many as one request for each
 * index key brings (1 MB of keys). With a limit, one aggregate more is asked for. It shows whether there is another
 * page.
 */
export const listAggregateIds = async (storage: EventStorage, query: ListQuery): Promise<ListAggregateIdsOutput> => {
  const { eventStoreId, options } = query;
  const { limit } = options;
  const cursors = openCursors(storage, query);
  const { found, isCut } =
    limit === undefined ? await mergePages(cursors, query) : await mergeUpTo(limit + 1, cursors, query);

  const page = found.slice(0, limit);
  const position = page.at(-1);
  const hasMore = isCut || found.length > page.length;
  return {
    aggregateIds: page.map(({ aggregateId, initialEventTimestamp }) => ({ aggregateId, initialEventTimestamp })),
    ...(hasMore && position !== undefined
      ? { nextPageToken: formatPageToken(storage.layout, eventStoreId, { options, position }) }
      : {}),
  };
};

/** There is one index key to list or, with shards, several, whose aggregates are merged by time. */
const openCursors = (storage: EventStorage, query: ListQuery): KeyCursor[] => {
  const tableName = storage.tableName();
  return storage.layout.initialEventKey.ofEventStore(query.eventStoreId).flatMap((_, keyIndex) => {
    const segment = segmentOf(query.options, query.position, keyIndex);
    return segment === undefined ? [] : [new KeyCursor(storage, tableName, query, segment)];
  });
};

interface Merged {
  readonly found: ListPosition[];
  /** Whether there may be more after what was found. */
  readonly isCut: boolean;
}

/**
 * Each key is asked for as many aggregates as are missing in all, so that one round of requests is enough however they
 * are spread; only if a key's page ends before that (at 1 MB) there is another round.
 */
const mergeUpTo = async (count: number, cursors: KeyCursor[], { options }: ListQuery): Promise<Merged> => {
  const found: ListPosition[] = [];
  while (found.length < count) {
    const missing = count - found.length;
    await Promise.all(cursors.filter(cursor => cursor.needsPage).map(cursor => cursor.fetchPage(missing)));
    const first = firstOf(cursors, options.reverse);
    if (first === undefined) break;
    found.push(first.take());
  }
  return { found, isCut: false };
};

/** One page of each key; what lies after the end of the first page that ends is for the next call. */
const mergePages = async (cursors: KeyCursor[], { options }: ListQuery): Promise<Merged> => {
  await Promise.all(cursors.map(cursor => cursor.fetchPage(undefined)));
  const found: ListPosition[] = [];
  while (!cursors.some(cursor => cursor.needsPage)) {
    const first = firstOf(cursors, options.reverse);
    if (first === undefined) return { found, isCut: false };
    found.push(first.take());
  }
  return { found, isCut: true };
};
