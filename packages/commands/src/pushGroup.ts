import { type EventDetail, type EventStorageAdapter, EventStore, type GroupedEvent } from '@castore/core';
import type { PushEventGroupOptions } from '@castore-dynamodb/adapter';

export type Group = [GroupedEvent, ...GroupedEvent[]];

/**
 * Pushes a group as Castore does, and says when it is stored. What fails after that is an event store's `onEventPushed`:
 * also if it fails with a conflict, which then is another push's.
 */
export const pushGroup = (
  options: PushEventGroupOptions,
  [first, ...others]: Group,
  onStored: () => void,
): Promise<{ eventGroup: { event: EventDetail }[] }> => {
  const { eventStorageAdapter } = first;
  const watched: EventStorageAdapter = Object.create(eventStorageAdapter, {
    pushEventGroup: {
      value: async (...args: Parameters<EventStorageAdapter['pushEventGroup']>) => {
        const response = await eventStorageAdapter.pushEventGroup(...args);
        onStored();
        return response;
      },
    },
  });
  return EventStore.pushEventGroup(options, Object.assign(first, { eventStorageAdapter: watched }), ...others);
};
