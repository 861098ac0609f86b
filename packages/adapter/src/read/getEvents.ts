import { promisify } from 'node:util';

import type { DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import { requestWhole } from '@castore-dynamodb/commons';

import { fromEventItem, type Item, type ItemsPage, isAtVersion } from '../codec/eventItem.js';
import { parseItems } from '../codec/itemJson.js';
import type { EventStorage } from '../eventStorage.js';
import type { Layout } from '../layout.js';
import { decodePartsFast } from './decodeEventsFast.js';
import { type EventsQuery, eventsQueryInput, isEmptyRange, isLastVersion } from './eventsQuery.js';
import { EventsQueryCommand, itemsPageOf } from './eventsQueryCommand.js';

export const getEvents = async (storage: EventStorage, query: EventsQuery): Promise<{ events: EventDetail[] }> => {
  const events: EventDetail[] = [];
  for await (const some of eventPages(storage, query)) for (const event of some) events.push(event);
  return { events };
};

export async function* streamEvents(
  storage: EventStorage,
  query: EventsQuery,
): AsyncGenerator<EventDetail, void, undefined> {
  for await (const some of eventPages(storage, query)) yield* some;
}

/**
 * The events page by page (1 MB at most; with transformations, in smaller parts), with no request more than they need. The
 * next page is asked for before the current one is decoded and handed out; that request is aborted if nobody comes for it.
 */
async function* eventPages(storage: EventStorage, query: EventsQuery): AsyncGenerator<EventDetail[], void, undefined> {
  if (isEmptyRange(query)) return;

  const tableName = storage.tableName();
  const ask = (limit: number, startKey?: Item, signal?: AbortSignal): Promise<ItemsPage> =>
    sendQuery(storage.dynamoDbClient, eventsQueryInput(storage, tableName, { ...query, limit }, startKey), signal);

  let missing = query.limit;
  let page = await ask(missing);
  for (;;) {
    const { LastEvaluatedKey: lastKey, Count: count } = page;
    const mayHaveMore = lastKey !== undefined && !isLastVersion(query, lastKey);
    const left = missing - count;
    const ahead = mayHaveMore && left > 0 ? await askAhead(signal => ask(left, lastKey, signal)) : NOTHING_AHEAD;
    let isWanted = false;
    try {
      const { layout, transformer: reader = { readPage } } = storage;
      for await (const events of reader.readPage(layout, query.eventStoreId, page)) {
        missing -= events.length;
        yield events;
      }
      isWanted = true;
    } finally {
      if (!isWanted) ahead.giveUp();
    }
    // A page may have fewer events than items, if something else lies among them: then some are still missing.
    if (!mayHaveMore || missing <= 0) return ahead.giveUp();
    page = await (ahead.page ?? ask(missing, lastKey));
  }
}

interface AskedAhead {
  readonly page: Promise<ItemsPage> | undefined;
  giveUp(): void;
}

const NOTHING_AHEAD: AskedAhead = { page: undefined, giveUp: () => {} };

/** Sends the request for a next page, and lets it leave before the current page, whose decoding takes a while. */
const askAhead = async (ask: (signal: AbortSignal) => Promise<ItemsPage>): Promise<AskedAhead> => {
  const abortion = new AbortController();
  const page = ask(abortion.signal);
  // It may fail while the consumer is still busy with the current page; who comes for it gets the error all the same.
  page.catch(() => {});
  await requestOnItsWay();
  return { page, giveUp: () => abortion.abort() };
};

/** How long it may take is the client's to say, as for every read and push. */
const sendQuery = (client: DynamoDBClient, input: QueryCommandInput, signal?: AbortSignal): Promise<ItemsPage> =>
  requestWhole({ operation: 'Query', tableName: input.TableName, requires: 'Items', signal }, async () => {
    const command = new EventsQueryCommand(input);
    // Without options if it can be: given any, a client with `cacheMiddleware` throws away the handlers that it keeps.
    return itemsPageOf(
      await (signal === undefined ? client.send(command) : client.send(command, { abortSignal: signal })),
    );
  });

/**
 * The fast way from the bytes of the response, as far as that can be; the plain one, from the SDK's items, for the rest. In
 * parts: who reads a stream of events gets the first ones before the others are decoded.
 */
function* readPage(
  layout: Layout,
  eventStoreId: string,
  { Items = [] }: ItemsPage,
): Generator<EventDetail[], void, undefined> {
  let count = 0;
  if (!Array.isArray(Items)) {
    try {
      for (const events of decodePartsFast(Items, key => layout.aggregateId(eventStoreId, key))) {
        yield events;
        count += events.length;
      }
      return;
    } catch {
      // Something that the plain way reads, or refuses.
    }
  }
  const items = Array.isArray(Items) ? Items : parseItems(Items);
  yield items
    .slice(count)
    .filter(isAtVersion)
    .map(item => fromEventItem(layout, eventStoreId, item));
}

/** Taken once, so that fake timers in the tests of a user cannot hold up a read. */
const nextTurn = promisify(setImmediate);

/** The SDK needs a turn of the event loop to prepare a request, and the socket another: decoding a page blocks both. */
const requestOnItsWay = async (): Promise<void> => {
  await nextTurn();
  await nextTurn();
};
