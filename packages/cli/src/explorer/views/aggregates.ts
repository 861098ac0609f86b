import { parseInstant } from '@castore-dynamodb/commons';

import type { AggregatesPage } from '../api.js';
import type { Explorer } from '../explorer.js';

const PAGE = 50;

export interface AggregatesQuery {
  readonly eventStoreId: string;
  readonly after: string | undefined;
  readonly before: string | undefined;
  readonly isReverse: boolean;
  readonly pageToken: string | undefined;
}

/** A page of aggregates by the time of their first events: one Query of the index. */
export const aggregatesPage = async (
  explorer: Explorer,
  { eventStoreId, after, before, isReverse, pageToken }: AggregatesQuery,
): Promise<AggregatesPage> => {
  const { eventStore, gap } = await explorer.listing(eventStoreId);
  const { aggregateIds, nextPageToken } = await eventStore.listAggregateIds({
    limit: PAGE,
    // A token holds the range and the direction of its listing.
    ...(pageToken === undefined
      ? {
          reverse: isReverse,
          ...(after !== undefined && { initialEventAfter: parseInstant(after, 'after', 'up') }),
          ...(before !== undefined && { initialEventBefore: parseInstant(before, 'before') }),
        }
      : { pageToken }),
  });
  return {
    aggregates: aggregateIds,
    ...(nextPageToken !== undefined && { nextPageToken }),
    ...(gap !== undefined && { gap }),
  };
};
