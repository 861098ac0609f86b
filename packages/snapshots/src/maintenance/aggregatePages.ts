import type { EventStore, ListAggregateIdsOptions } from '@castore/core';
import { InvalidArgumentError, withDeadline } from '@castore-dynamodb/commons';

import { isScanToken } from './scanToken.js';

/** Some aggregates of an event store that are to be worked on. */
export interface AggregatePage {
  readonly aggregateIds: readonly string[];
  /** Aggregates that were found beside them, and are known to be too short for a snapshot. */
  readonly tooShort: number;
  /** Goes on after these aggregates; undefined at the end. */
  readonly nextPageToken: string | undefined;
}

const PAGE_SIZE = 100;
const LISTING_DEADLINE_MS = 60_000;

/** All aggregates, as the event store lists them. @throws InvalidArgumentError, and what listing throws. */
export async function* listedPages(
  eventStore: EventStore,
  pageToken: string | undefined,
): AsyncGenerator<AggregatePage, void, undefined> {
  if (isScanToken(pageToken)) {
    throw new InvalidArgumentError(
      'options.pageToken',
      'it is of a build with `scan: true`, which alone can go on there.',
    );
  }
  let page: ListAggregateIdsOptions = pageToken === undefined ? { limit: PAGE_SIZE } : { pageToken };
  for (;;) {
    const { aggregateIds, nextPageToken } = await list(eventStore, page);
    yield { aggregateIds: aggregateIds.map(({ aggregateId }) => aggregateId), tooShort: 0, nextPageToken };
    if (nextPageToken === undefined) return;
    page = { pageToken: nextPageToken };
  }
}

const list = (eventStore: EventStore, page: ListAggregateIdsOptions): ReturnType<EventStore['listAggregateIds']> =>
  withDeadline({ operation: 'listAggregateIds', milliseconds: LISTING_DEADLINE_MS }, () =>
    eventStore.listAggregateIds(page),
  );
