import type { EventDetail, EventStore } from '@castore/core';

/** What a handler gets beside the view and the event. */
export interface ViewContext<EVENT_STORE_ID extends string = string> {
  /** The view's key. */
  readonly key: string;
  readonly eventStoreId: EVENT_STORE_ID;
}

/** What a projection makes of events. */
export interface ViewDefinition {
  readonly name: string;
  /** The views that an event touches, each once; none if it needs no handling. May throw. */
  keysOf(event: EventDetail, eventStore: EventStore): readonly string[];
  /** A view before its first event. */
  initialView(): unknown;
  /** The view after an event; undefined if there is none any more. May throw. */
  project(view: unknown, event: EventDetail, context: ViewContext): unknown;
}
