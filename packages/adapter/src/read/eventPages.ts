import type { QueryCommandOutput } from '@aws-sdk/client-dynamodb';

import type { EventStorage } from '../eventStorage.js';
import { EventsQueryCommand } from '../wire/eventsQueryCommand.js';
import { type EventsQuery, eventsQueryInput, isEmptyRange, isLastVersion } from './eventsQuery.js';

/**
 * Yields the responses to a query page by page (1 MB of events each at most), with no request more than they need.
 * The next page is asked for before the current one is handed out; it is aborted where nobody comes for it.
 */
export async function* eventPages(
  storage: EventStorage,
  query: EventsQuery,
): AsyncGenerator<QueryCommandOutput, void, undefined> {
  if (isEmptyRange(query)) return;

  const { dynamoDbClient } = storage;
  const tableName = storage.tableName();
  const abortion = new AbortController();
  const request = (remaining: number | undefined, startKey?: QueryCommandOutput['LastEvaluatedKey']) => {
    const input = eventsQueryInput(storage, tableName, query, remaining, startKey);
    const page = dynamoDbClient.send(new EventsQueryCommand(dynamoDbClient, input), { abortSignal: abortion.signal });
    // It may fail while the consumer is still busy with the page before; who awaits it gets the error all the same.
    page.catch(() => {});
    return page;
  };

  let remaining = query.limit;
  let pending: Promise<QueryCommandOutput> | undefined = request(remaining);
  try {
    while (pending !== undefined) {
      const page: QueryCommandOutput = await pending;
      const lastKey = page.LastEvaluatedKey;
      if (remaining !== undefined) remaining -= page.Count ?? page.Items?.length ?? 0;
      const isComplete = lastKey === undefined || remaining === 0 || isLastVersion(query, lastKey);
      pending = isComplete ? undefined : request(remaining, lastKey);
      yield page;
    }
  } finally {
    abortion.abort();
  }
}
