import type { EventDetail } from '@castore/core';

import type { EventStorage } from '../eventStorage.js';
import { fromEventItem } from '../events/eventItem.js';
import { eventPages } from './eventPages.js';
import type { EventsQuery } from './eventsQuery.js';

export const getEvents = async (storage: EventStorage, query: EventsQuery): Promise<{ events: EventDetail[] }> => {
  const events: EventDetail[] = [];
  for await (const items of eventPages(storage, query)) {
    for (const item of items) events.push(fromEventItem(storage.layout, query.eventStoreId, item));
  }
  return { events };
};

export async function* streamEvents(
  storage: EventStorage,
  query: EventsQuery,
): AsyncGenerator<EventDetail, void, undefined> {
  for await (const items of eventPages(storage, query)) {
    for (const item of items) yield fromEventItem(storage.layout, query.eventStoreId, item);
  }
}
