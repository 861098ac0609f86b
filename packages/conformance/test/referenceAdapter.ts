import { createHmac, randomBytes } from 'node:crypto';

import {
  type EventDetail,
  type EventStorageAdapter,
  type EventStoreContext,
  type EventsQueryOptions,
  eventAlreadyExistsErrorCode,
  GroupedEvent,
  type ListAggregateIdsOptions,
  type OptionalTimestamp,
} from '@castore/core';

import { areEqual } from '../src/support/assertions.js';

/** Events by event store, aggregate and version. */
export type Database = Map<string, Map<string, Map<number, EventDetail>>>;

type Place = EventStoreContext & { event: EventDetail };

type ListPosition = { aggregateId: string; initialEventTimestamp: string };

/**
 * The contract in as few lines as it takes, in memory. It shows that the suite asks for nothing that only DynamoDB has;
 * copies of it with one defect each show what the suite catches.
 */
export class ReferenceAdapter implements EventStorageAdapter {
  readonly #secret = randomBytes(16);

  constructor(readonly database: Database = new Map()) {}

  async getEvents(aggregateId: string, { eventStoreId }: EventStoreContext, options: EventsQueryOptions = {}) {
    const { minVersion = 1, maxVersion = Number.MAX_SAFE_INTEGER, limit, reverse = false } = options;
    checkLimit(limit);
    const versions = [...(this.aggregates(eventStoreId).get(aggregateId)?.keys() ?? [])]
      .filter(version => version >= minVersion && version <= maxVersion)
      .toSorted((left, right) => (reverse ? right - left : left - right))
      .slice(0, limit);
    return { events: versions.map(version => this.find({ eventStoreId, aggregateId, version }) as EventDetail) };
  }

  async pushEvent(
    event: OptionalTimestamp<EventDetail>,
    { eventStoreId, force = false }: EventStoreContext & { force?: boolean },
  ) {
    const [stored] = this.write([{ eventStoreId, event: timed(event, new Date().toISOString()) }], force);
    return { event: stored as EventDetail };
  }

  groupEvent(event: OptionalTimestamp<EventDetail>): GroupedEvent {
    return new GroupedEvent({ event, eventStorageAdapter: this });
  }

  async pushEventGroup({ force = false }: { force?: boolean }, ...group: GroupedEvent[]) {
    const given = new Set(group.flatMap(({ event }) => event.timestamp ?? []));
    if (group.length === 0 || given.size > 1) throw new Error('No events, or different timestamps.');
    const [timestamp = new Date().toISOString()] = given;
    const places = group.map(({ event, context, eventStorageAdapter }) => {
      if (!(eventStorageAdapter instanceof ReferenceAdapter) || eventStorageAdapter.database !== this.database) {
        throw new Error('Another storage.');
      }
      if (context === undefined) throw new Error('No context.');
      return { eventStoreId: context.eventStoreId, event: timed(event, timestamp) };
    });
    return { eventGroup: this.write(places, force).map(event => ({ event })) };
  }

  async listAggregateIds({ eventStoreId }: EventStoreContext, { pageToken, ...given }: ListAggregateIdsOptions = {}) {
    const { position, ...carried } = pageToken === undefined ? {} : this.readToken(eventStoreId, pageToken);
    const options: Omit<ListAggregateIdsOptions, 'pageToken'> = { ...carried, ...given };
    const { limit, initialEventAfter = '', initialEventBefore = '\uffff', reverse = false } = options;
    checkLimit(limit);
    const direction = reverse ? -1 : 1;
    const rest = this.firstEvents(eventStoreId)
      .filter(({ initialEventTimestamp: time }) => time >= initialEventAfter && time <= initialEventBefore)
      .toSorted((left, right) => direction * compare(left, right))
      .filter(listed => position === undefined || direction * compare(listed, position) > 0);
    const aggregateIds = rest.slice(0, limit);
    const last = aggregateIds.at(-1);
    const isLastPage = aggregateIds.length === rest.length || last === undefined;
    return {
      aggregateIds,
      ...(isLastPage ? {} : { nextPageToken: this.writeToken(eventStoreId, { ...options, position: last }) }),
    };
  }

  protected aggregates(eventStoreId: string): Map<string, Map<number, EventDetail>> {
    const aggregates = this.database.get(eventStoreId) ?? new Map();
    this.database.set(eventStoreId, aggregates);
    return aggregates;
  }

  protected find({ eventStoreId, aggregateId, version }: EventStoreContext & { aggregateId: string; version: number }) {
    const event = this.aggregates(eventStoreId).get(aggregateId)?.get(version);
    return event && structuredClone(event);
  }

  protected firstEvents(eventStoreId: string): ListPosition[] {
    return [...this.aggregates(eventStoreId)].flatMap(([aggregateId, events]) => {
      const initialEventTimestamp = events.get(1)?.timestamp;
      return initialEventTimestamp === undefined ? [] : [{ aggregateId, initialEventTimestamp }];
    });
  }

  /** All of the events or none of them: what can go wrong does so before the first one is stored. */
  protected write(places: Place[], force: boolean): EventDetail[] {
    const copies = places.map(({ eventStoreId, event }) => ({ eventStoreId, event: copyOf(event) }));
    for (const { eventStoreId, event } of copies) this.refuse(eventStoreId, event, force);
    const keys = copies.map(({ eventStoreId, event: { aggregateId, version } }) =>
      JSON.stringify([eventStoreId, aggregateId, version]),
    );
    if (new Set(keys).size < keys.length) throw new Error('The same event twice.');
    for (const { eventStoreId, event } of copies) this.store(eventStoreId, event);
    return copies.map(({ event }) => structuredClone(event));
  }

  protected refuse(eventStoreId: string, { aggregateId, version, type }: EventDetail, force: boolean): void {
    if (typeof aggregateId !== 'string' || aggregateId === '') throw new Error('No aggregate id.');
    if (!Number.isSafeInteger(version) || version < 1) throw new Error('No version.');
    if (typeof type !== 'string') throw new Error('No type.');
    if (!force && this.find({ eventStoreId, aggregateId, version }) !== undefined) {
      throw Object.assign(new Error('Conflict.'), {
        code: eventAlreadyExistsErrorCode,
        eventStoreId,
        aggregateId,
        version,
      });
    }
  }

  protected store(eventStoreId: string, event: EventDetail): void {
    const aggregates = this.aggregates(eventStoreId);
    const events = aggregates.get(event.aggregateId) ?? new Map<number, EventDetail>();
    aggregates.set(event.aggregateId, events.set(event.version, event));
  }

  protected writeToken(eventStoreId: string, content: ListAggregateIdsOptions & { position: ListPosition }): string {
    const text = Buffer.from(JSON.stringify(content)).toString('base64url');
    return `${text}.${this.sign(eventStoreId, text)}`;
  }

  protected readToken(eventStoreId: string, token: string): ListAggregateIdsOptions & { position?: ListPosition } {
    const [text = '', signature] = token.split('.');
    if (signature !== this.sign(eventStoreId, text)) throw new Error('Not a page token of this event store.');
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  }

  protected sign(eventStoreId: string, text: string): string {
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify([eventStoreId, text]))
      .digest('base64url');
  }
}

const checkLimit = (limit: number | undefined): void => {
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 1)) throw new Error('No limit.');
};

/** An absent timestamp and an undefined one are the same. */
const timed = (event: OptionalTimestamp<EventDetail>, timestamp: string): EventDetail => ({
  ...event,
  timestamp: event.timestamp ?? timestamp,
});

const copyOf = (event: EventDetail): EventDetail => {
  const copy = structuredClone(event);
  if (!areEqual(copy, event)) throw new Error('An event that a copy of it is not equal to.');
  return copy;
};

const compare = (left: ListPosition, right: ListPosition): number => {
  const [one, other] = [left, right].map(
    ({ initialEventTimestamp, aggregateId }) => initialEventTimestamp + aggregateId,
  ) as [string, string];
  return one === other ? 0 : one < other ? -1 : 1;
};
