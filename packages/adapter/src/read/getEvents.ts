import type { QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';

import type { EventStorage } from '../eventStorage.js';
import { fromEventItem } from '../events/eventItem.js';
import { untouchedItems } from '../wire/eventsQueryCommand.js';
import { scanEvents } from '../wire/scanEvents.js';
import { eventPages } from './eventPages.js';
import type { EventsQuery } from './eventsQuery.js';

export const getEvents = async (storage: EventStorage, query: EventsQuery): Promise<{ events: EventDetail[] }> => {
  let events: EventDetail[] | undefined;
  for await (const page of eventPages(storage, query)) {
    const more = readEvents(storage, query, page);
    if (events === undefined) events = more;
    else for (const event of more) events.push(event);
  }
  return { events: events ?? [] };
};

export async function* streamEvents(
  storage: EventStorage,
  query: EventsQuery,
): AsyncGenerator<EventDetail, void, undefined> {
  for await (const page of eventPages(storage, query)) yield* readEvents(storage, query, page);
}

/** The fast way from the bytes of the response, where that can be; else the plain one, from the SDK's items. */
const readEvents = (
  { layout }: EventStorage,
  { eventStoreId }: EventsQuery,
  page: QueryCommandOutput,
): EventDetail[] => {
  const bytes = untouchedItems(page);
  const scanned = bytes && scanEvents(bytes, partitionKey => layout.aggregateId(eventStoreId, partitionKey));
  return scanned ?? (page.Items ?? []).map(item => fromEventItem(layout, eventStoreId, item));
};
