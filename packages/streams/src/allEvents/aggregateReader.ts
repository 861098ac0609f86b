import type { EventDetail, EventStore } from '@castore/core';

import type { EventBudget } from './eventBudget.js';
import type { EventPlace } from './eventOrder.js';

/** An event, and where it stands among all. */
export interface PlacedEvent {
  readonly event: EventDetail;
  readonly place: EventPlace;
}

interface EventPage {
  readonly events: readonly EventDetail[];
  readonly hasMore: boolean;
}

/** Reads an aggregate's events in version order, some at a time; the next ones are asked for before they are needed. */
export class AggregateReader {
  readonly #eventStore: EventStore;
  readonly #aggregateId: string;
  readonly #budget: EventBudget;
  #page: EventPage = { events: [], hasMore: true };
  #next = 0;
  #nextPage: Promise<EventPage> | undefined;
  #head: PlacedEvent | undefined;

  constructor(eventStore: EventStore, aggregateId: string, budget: EventBudget) {
    this.#eventStore = eventStore;
    this.#aggregateId = aggregateId;
    this.#budget = budget;
    this.#nextPage = this.#fetchFrom(1);
  }

  /** The event that `advance` came to. */
  get head(): PlacedEvent {
    if (this.#head === undefined) throw new RangeError('There is no event.');
    return this.#head;
  }

  /** Goes to the next event; false where there is none. */
  async advance(): Promise<boolean> {
    if (this.#head !== undefined) this.#budget.giveBack(1);
    if (this.#next === this.#page.events.length) {
      if (this.#nextPage === undefined) return false;
      this.#page = await this.#nextPage;
      this.#nextPage = undefined;
      this.#next = 0;
    }
    const { events, hasMore } = this.#page;
    const event = events[this.#next++];
    if (event === undefined) return false;

    if (hasMore && this.#next === events.length) this.#nextPage = this.#fetchFrom(event.version + 1);
    const before = this.#head?.place.time ?? '';
    const time = event.timestamp > before ? event.timestamp : before;
    const { eventStoreId } = this.#eventStore;
    this.#head = { event, place: { time, eventStoreId, aggregateId: this.#aggregateId, version: event.version } };
    return true;
  }

  #fetchFrom(minVersion: number): Promise<EventPage> {
    const page = this.#fetchPage(minVersion);
    // It may fail before anybody needs it; who does gets the error all the same.
    page.catch(() => {});
    return page;
  }

  async #fetchPage(minVersion: number): Promise<EventPage> {
    const limit = this.#budget.take();
    const { events } = await this.#eventStore.getEvents(this.#aggregateId, { minVersion, limit });
    this.#budget.giveBack(limit - events.length);
    return { events, hasMore: events.length === limit };
  }
}
