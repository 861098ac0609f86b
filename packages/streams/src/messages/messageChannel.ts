import type {
  EventStore,
  EventStoreAggregateExistsMessage,
  EventStoreNotificationMessage,
  EventStoreStateCarryingMessage,
} from '@castore/core';

interface Channel<MESSAGE_TYPE extends string, MESSAGE> {
  readonly messageType: MESSAGE_TYPE;
  readonly sourceEventStores: readonly EventStore[];
  readonly publishMessage: (message: MESSAGE, options?: { replay?: boolean }) => Promise<void>;
}

/** One of Castore's queues or buses that takes the messages of these event stores, and maybe those of others too. */
export type MessageChannelOf<EVENT_STORE extends EventStore> =
  | Channel<'notification', EventStoreNotificationMessage<EVENT_STORE>>
  | Channel<'stateCarrying', EventStoreStateCarryingMessage<EVENT_STORE>>
  | Channel<'aggregateExists', EventStoreAggregateExistsMessage<EVENT_STORE>>;
