import type { EventDetail, EventStore } from '@castore/core';
import { limitConcurrency, retry } from '@castore-dynamodb/commons';

import { readEvents } from '../aggregates/eventsAfter.js';
import { instantOf } from '../eventFilter.js';
import { ASK_AGAIN } from '../timeouts.js';

/**
 * Where an event stands among all: by time, and by these if the time is the same. The time is the latest instant of the
 * aggregate's events up to this one: the event's own, unless a clock ran backwards. So an aggregate's events are in
 * version order, whatever their timestamps say. An event whose timestamp is no instant stands at its predecessor's
 * time.
 */
export interface EventPlace {
  readonly time: string;
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
}

export const comparePlaces = (left: EventPlace, right: EventPlace): number =>
  compare(left.time, right.time) ||
  compare(left.eventStoreId, right.eventStoreId) ||
  compare(left.aggregateId, right.aggregateId) ||
  left.version - right.version;

/** The place of an event whose predecessor in its aggregate stands at this time; empty for the first one. */
export const placeAfter = (
  before: string,
  eventStoreId: string,
  { aggregateId, version, timestamp }: EventDetail,
): EventPlace => {
  const instant = instantOf(timestamp) ?? before;
  return { time: instant > before ? instant : before, eventStoreId, aggregateId, version };
};

export const compare = (left: string, right: string): number => (left === right ? 0 : left < right ? -1 : 1);

const MAX_PAGE_SIZE = 100;

/** A page takes this part of what is left, so that many aggregates share it. */
const SHARE = 16;

/** As many as the SDK's client sends at a time. What it queues has its deadline running, and is in memory. */
const MAX_REQUESTS = 50;

/** How many events may be in memory at a time. Beyond that, each aggregate still gets one. */
export class EventBudget {
  /** Runs a request when others have ended, if there are many. */
  readonly inTurn = limitConcurrency(MAX_REQUESTS);
  #left: number;

  constructor(events: number) {
    this.#left = events;
  }

  /** How many events to ask for now. */
  take(): number {
    const count = Math.max(1, Math.min(MAX_PAGE_SIZE, Math.floor(this.#left / SHARE)));
    this.#left -= count;
    return count;
  }

  /** Events that are in memory no more, or never were. */
  giveBack(count: number): void {
    this.#left += count;
  }
}

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

  /** Goes to the next event; false if there is none. */
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
    const { eventStoreId } = this.#eventStore;
    this.#head = { event, place: placeAfter(this.#head?.place.time ?? '', eventStoreId, event) };
    return true;
  }

  #fetchFrom(minVersion: number): Promise<EventPage> {
    const page = this.#budget.inTurn(() => this.#fetchPage(minVersion));
    // It may fail before anybody needs it. Whoever does gets the error all the same.
    page.catch(() => {});
    return page;
  }

  async #fetchPage(minVersion: number): Promise<EventPage> {
    const limit = this.#budget.take();
    const aggregate = { eventStore: this.#eventStore, aggregateId: this.#aggregateId };
    const events = await retry(ASK_AGAIN, () => readEvents(aggregate, { minVersion, limit }));
    this.#budget.giveBack(limit - events.length);
    return { events, hasMore: events.length === limit };
  }
}
