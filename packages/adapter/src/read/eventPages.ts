import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';

import type { EventStorage } from '../eventStorage.js';
import type { Item } from '../events/eventItem.js';
import { type EventsQuery, eventsQueryInput, isEmptyRange, isLastVersion } from './eventsQuery.js';

/**
 * Yields the items of a query page by page (1 MB each at most), with no request more than they need.
 * The next page is asked for before the current one is handed out; it is aborted where nobody comes for it.
 */
export async function* eventPages(storage: EventStorage, query: EventsQuery): AsyncGenerator<Item[], void, undefined> {
  if (isEmptyRange(query)) return;

  const tableName = storage.tableName();
  const abortion = new AbortController();
  const request = (remaining: number | undefined, startKey?: Item): Promise<QueryCommandOutput> => {
    const input = eventsQueryInput(storage, tableName, query, remaining, startKey);
    const page = storage.dynamoDbClient.send(new QueryCommand(input), { abortSignal: abortion.signal });
    // It may fail while the consumer is still busy with the page before; who awaits it gets the error all the same.
    page.catch(() => {});
    return page;
  };

  let remaining = query.limit;
  let pending: Promise<QueryCommandOutput> | undefined = request(remaining);
  try {
    while (pending !== undefined) {
      const page: QueryCommandOutput = await pending;
      const { Items: items = [], LastEvaluatedKey: lastKey } = page;
      if (remaining !== undefined) remaining -= items.length;
      const isComplete = lastKey === undefined || remaining === 0 || isLastVersion(query, lastKey);
      pending = isComplete ? undefined : request(remaining, lastKey);
      yield items;
    }
  } finally {
    abortion.abort();
  }
}
