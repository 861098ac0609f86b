import { isDeepStrictEqual } from 'node:util';

import type { EventDetail, GroupedEvent, OptionalTimestamp } from '@castore/core';

import { DynamoDbEventAlreadyExistsError, InvalidEventGroupError, VersionGapError } from '../../../src/index.js';
import type { Adapter } from '../../support.js';
import { asReadBack } from '../storableValues.js';
import type { EventsModel, Place } from './eventsModel.js';
import { AGGREGATE_IDS, STORES } from './system.js';

/** A push or a group as the random program has it, before it meets what is stored. */
export interface WriteSpec {
  force: boolean;
  /** One event through `pushEvent`, otherwise any number through `pushEventGroup`. */
  isGroup: boolean;
  timestamp: string | undefined;
  members: { store: number; aggregate: number; version: 'next' | number; payload: unknown }[];
}

/** A write with its versions: what an adapter is asked for. */
export interface Write {
  force: boolean;
  isGroup: boolean;
  members: { place: Place; event: OptionalTimestamp<EventDetail> }[];
}

export const toWrite = (model: EventsModel, { force, isGroup, timestamp, members }: WriteSpec): Write => {
  const places: Place[] = [];
  for (const { store, aggregate, version } of members) {
    const aggregateId = AGGREGATE_IDS[aggregate] as string;
    const isSibling = (place: Place): boolean => place.store === store && place.aggregateId === aggregateId;
    const taken = [...model.read(store, aggregateId), ...places.filter(isSibling)].map(place => place.version);
    places.push({ store, aggregateId, version: version === 'next' ? Math.max(0, ...taken) + 1 : version });
  }
  return {
    force,
    isGroup,
    members: places.map((place, index) => ({
      place,
      event: {
        aggregateId: place.aggregateId,
        version: place.version,
        type: 'HAPPENED',
        ...(timestamp === undefined ? {} : { timestamp }),
        payload: members[index]?.payload,
      },
    })),
  };
};

export type Outcome = { events: EventDetail[] } | { error: unknown };

export const perform = async (adapters: Adapter[], { force, isGroup, members }: Write): Promise<Outcome> => {
  const targets = members.map(({ place: { store }, event }) => ({
    event,
    adapter: adapters[store] as Adapter,
    context: { eventStoreId: (STORES[store] as (typeof STORES)[number]).eventStoreId },
  }));
  const [first] = targets as [(typeof targets)[number]];
  try {
    if (!isGroup) return { events: [(await first.adapter.pushEvent(first.event, { ...first.context, force })).event] };

    const grouped = targets.map(({ adapter, event, context }) => Object.assign(adapter.groupEvent(event), { context }));
    const { eventGroup } = await first.adapter.pushEventGroup({ force }, ...(grouped as [GroupedEvent]));
    return { events: eventGroup.map(({ event }) => event) };
  } catch (error) {
    return { error };
  }
};

export type Decision =
  | { kind: 'stored' }
  /** With the places that an error may name. */
  | { kind: 'duplicate' | 'gap' | 'conflict'; places: Place[] };

/** What an event storage has to do with a write, given what is stored. */
export const decide = (model: EventsModel, { force, members }: Write): Decision => {
  const places = members.map(({ place }) => place);
  const isIn = (place: Place, others: Place[]): boolean => others.some(other => isDeepStrictEqual(place, other));

  const duplicates = places.filter((place, index) => isIn(place, places.slice(0, index)));
  if (duplicates.length > 0) return { kind: 'duplicate', places: duplicates };

  const gaps = places.filter(place => {
    const predecessor = { ...place, version: place.version - 1 };
    if (!STORES[place.store]?.gapless || predecessor.version === 0) return false;
    return model.at(predecessor) === undefined && !isIn(predecessor, places);
  });
  if (gaps.length > 0) return { kind: 'gap', places: gaps };

  const conflicts = force ? [] : places.filter(place => model.at(place) !== undefined);
  return conflicts.length > 0 ? { kind: 'conflict', places: conflicts } : { kind: 'stored' };
};

const placeOf = ({ eventStoreId, aggregateId, version }: VersionGapError | DynamoDbEventAlreadyExistsError): Place => ({
  store: STORES.findIndex(store => store.eventStoreId === eventStoreId),
  aggregateId,
  version,
});

const ISO_TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const isStoredAsGiven = ({ members }: Write, events: EventDetail[]): boolean => {
  const timestamp = events[0]?.timestamp ?? '';
  return (
    events.length === members.length &&
    members.every(({ event }, index) => {
      const isKept = event.timestamp === undefined ? ISO_TIMESTAMP.test(timestamp) : event.timestamp === timestamp;
      return isKept && isDeepStrictEqual(events[index], asReadBack({ ...event, timestamp }));
    })
  );
};

/** Whether an adapter did what the model decides. */
export const agrees = (model: EventsModel, write: Write, decision: Decision, outcome: Outcome): boolean => {
  if (decision.kind === 'stored') return 'events' in outcome && isStoredAsGiven(write, outcome.events);
  if ('events' in outcome) return false;

  const { kind, places } = decision;
  const { error } = outcome;
  const isOneOf = (place: Place): boolean => places.some(other => isDeepStrictEqual(place, other));
  if (kind === 'duplicate') return error instanceof InvalidEventGroupError && error.reason === 'duplicate-event';
  if (kind === 'gap') return error instanceof VersionGapError && isOneOf(placeOf(error));
  return (
    error instanceof DynamoDbEventAlreadyExistsError &&
    isOneOf(placeOf(error)) &&
    isDeepStrictEqual(error.winningEvent, model.at(placeOf(error)))
  );
};

export const apply = (model: EventsModel, { members }: Write, outcome: Outcome): void => {
  if ('error' in outcome) return;
  members.forEach(({ place }, index) => model.put(place, outcome.events[index] as EventDetail));
};

/** What a failure shows of an outcome. */
export const describeOutcome = (outcome: Outcome): string =>
  'events' in outcome ? `stored ${JSON.stringify(outcome.events)}` : `refused with ${String(outcome.error)}`;
