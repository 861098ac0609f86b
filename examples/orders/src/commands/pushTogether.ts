import { EventStore, type GroupedEvent } from '@castore/core';

/** Stores all of the events, or none. Castore's own types take a number of events that is known beforehand. */
export const pushTogether = async (events: GroupedEvent[]): Promise<void> => {
  await EventStore.pushEventGroup(...(events as [GroupedEvent, GroupedEvent]));
};
