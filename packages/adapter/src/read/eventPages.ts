import { promisify } from 'node:util';

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
  const queryCommand = (remaining: number | undefined, startKey?: QueryCommandOutput['LastEvaluatedKey']) =>
    new EventsQueryCommand(dynamoDbClient, eventsQueryInput(storage, tableName, query, remaining, startKey));

  let remaining = query.limit;
  // Without options: given any, a client with `cacheMiddleware` throws away the handlers that it keeps.
  let page = await dynamoDbClient.send(queryCommand(remaining));
  for (;;) {
    const { LastEvaluatedKey: lastKey, Count: count = page.Items?.length ?? 0 } = page;
    if (remaining !== undefined) remaining -= count;
    if (lastKey === undefined || remaining === 0 || isLastVersion(query, lastKey)) {
      yield page;
      return;
    }

    const abortion = new AbortController();
    const nextPage = dynamoDbClient.send(queryCommand(remaining, lastKey), { abortSignal: abortion.signal });
    // It may fail while the consumer is still busy with the current page; who comes for it gets the error all the same.
    nextPage.catch(() => {});
    await requestOnItsWay();
    let isWanted = false;
    try {
      yield page;
      isWanted = true;
    } finally {
      if (!isWanted) abortion.abort();
    }
    page = await nextPage;
  }
}

/** Taken once, so that fake timers in the tests of a user cannot hold up a read. */
const nextTurn = promisify(setImmediate);

/** The SDK needs a turn of the event loop to prepare a request, and the socket another: decoding a page blocks both. */
const requestOnItsWay = async (): Promise<void> => {
  await nextTurn();
  await nextTurn();
};
