import { deepStrictEqual, ok } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

import type { EventDetail, EventsQueryOptions, ListAggregateIdsOptions } from '@castore/core';
import type { AsyncCommand } from 'fast-check';

import type { Adapter } from '../../support.js';
import { EventsModel, type ListedAggregate } from './eventsModel.js';
import { explain, type FinishedWrite } from './race.js';
import { AGGREGATE_IDS, STORES, type System } from './system.js';
import { agrees, apply, decide, describeOutcome, perform, toWrite, type Write, type WriteSpec } from './write.js';

type ProgramCommand = AsyncCommand<EventsModel, System>;

const contextOf = (store: number) => ({ eventStoreId: (STORES[store] as (typeof STORES)[number]).eventStoreId });

/** A step of a program that shows itself as the data it was made of. */
abstract class Step<SPEC> implements ProgramCommand {
  constructor(readonly spec: SPEC) {}

  check(): boolean {
    return true;
  }

  abstract run(model: EventsModel, system: System): Promise<void>;

  toString(): string {
    return `${this.constructor.name}(${JSON.stringify(this.spec)})`;
  }
}

export class WriteStep extends Step<WriteSpec> {
  async run(model: EventsModel, { writers }: System): Promise<void> {
    const write = toWrite(model, this.spec);
    const decision = decide(model, write);

    const outcome = await perform(writers[0] as Adapter[], write);

    ok(agrees(model, write, decision, outcome), `The model says ${decision.kind}, it was ${describeOutcome(outcome)}.`);
    apply(model, write, outcome);
  }
}

export interface ReadSpec {
  store: number;
  aggregate: number;
  options: EventsQueryOptions;
  /** After how many events the consumer of `streamEvents` stops; `getEvents` otherwise. */
  stopAfter: number | undefined;
}

export class ReadStep extends Step<ReadSpec> {
  async run(model: EventsModel, { writers }: System): Promise<void> {
    const { store, aggregate, options, stopAfter } = this.spec;
    const adapter = writers[0]?.[store] as Adapter;
    const aggregateId = AGGREGATE_IDS[aggregate] as string;
    const expected = model.read(store, aggregateId, options);
    if (stopAfter === undefined) {
      const { events } = await adapter.getEvents(aggregateId, contextOf(store), options);
      deepStrictEqual(events, expected);
      return;
    }
    const events: EventDetail[] = [];
    for await (const event of adapter.streamEvents(aggregateId, contextOf(store), options)) {
      events.push(event);
      if (events.length === stopAfter) break;
    }
    deepStrictEqual(events, expected.slice(0, stopAfter));
  }
}

type PageOptions = Omit<ListAggregateIdsOptions, 'pageToken'>;

export interface ListSpec {
  store: number;
  options: PageOptions;
  /** Given with the page tokens, one after the other. */
  overrides: Omit<PageOptions, 'reverse'>[];
}

export class ListStep extends Step<ListSpec> {
  async run(model: EventsModel, { writers }: System): Promise<void> {
    const { store, options, overrides } = this.spec;
    const adapter = writers[0]?.[store] as Adapter;
    let current: PageOptions = options;
    let given: ListAggregateIdsOptions = options;
    const seen: ListedAggregate[] = [];

    for (let page = 0; ; page++) {
      const candidates = aggregatesBehind(model, store, current, seen);
      const { aggregateIds, nextPageToken } = await adapter.listAggregateIds(contextOf(store), given);

      checkPage(aggregateIds, candidates, current);
      const isComplete = candidates.length <= (current.limit ?? candidates.length);
      deepStrictEqual(
        nextPageToken === undefined,
        isComplete,
        'There is a page token if there is more, and only then.',
      );
      if (nextPageToken === undefined) return;
      seen.push(...aggregateIds);
      const override = overrides[page] ?? {};
      current = { ...current, ...override };
      given = { ...override, pageToken: nextPageToken };
    }
  }
}

/** What is left to list after the aggregates of earlier pages. */
const aggregatesBehind = (
  model: EventsModel,
  store: number,
  { reverse = false, ...range }: PageOptions,
  seen: ListedAggregate[],
): ListedAggregate[] => {
  const last = seen.at(-1)?.initialEventTimestamp;
  return model.list(store, range).filter(candidate => {
    if (last === undefined) return true;
    const time = candidate.initialEventTimestamp;
    if (time === last) return !seen.some(aggregate => isDeepStrictEqual(aggregate, candidate));
    return reverse ? time < last : time > last;
  });
};

const checkPage = (
  page: ListedAggregate[],
  candidates: ListedAggregate[],
  { limit, reverse = false }: PageOptions,
): void => {
  const times = candidates.map(({ initialEventTimestamp }) => initialEventTimestamp).toSorted();
  if (reverse) times.reverse();
  deepStrictEqual(
    page.map(({ initialEventTimestamp }) => initialEventTimestamp),
    times.slice(0, limit),
  );
  deepStrictEqual(new Set(page.map(({ aggregateId }) => aggregateId)).size, page.length, 'Nothing is listed twice.');
  for (const aggregate of page) ok(candidates.some(candidate => isDeepStrictEqual(candidate, aggregate)));
};

export interface RaceSpec {
  writes: WriteSpec[];
  reads: { store: number; aggregate: number }[];
}

/** Writes and reads that run at the same time, each write from a client of its own. */
export class RaceStep extends Step<RaceSpec> {
  async run(model: EventsModel, { writers }: System): Promise<void> {
    const { writes: specs, reads } = this.spec;
    const writes = specs.map(spec => toWrite(model, spec));
    const adapters = writers[0] as Adapter[];
    const readAll = async (store: number, aggregateId: string) => {
      const { events } = await (adapters[store] as Adapter).getEvents(aggregateId, contextOf(store));
      return { store, aggregateId, events };
    };

    const [outcomes, seen] = await Promise.all([
      Promise.all(writes.map((write, index) => perform(writers[index] as Adapter[], write))),
      Promise.all(reads.map(({ store, aggregate }) => readAll(store, AGGREGATE_IDS[aggregate] as string))),
    ]);

    const finished = writes.map((write, index) => ({ write, outcome: outcomes[index] })) as FinishedWrite[];
    const after = new EventsModel(model);
    for (const { place } of writes.flatMap(({ members }) => members)) {
      const { store, aggregateId, events } = await readAll(place.store, place.aggregateId);
      for (const event of events) after.put({ store, aggregateId, version: event.version }, event);
    }
    ok(
      explain(model, finished, after),
      `No order of these explains the outcome: ${outcomes.map(describeOutcome).join('; ')}`,
    );
    for (const { store, aggregateId, events } of seen) checkSeen(model, finished, store, aggregateId, events);
    for (const place of after.places()) model.put(place, after.at(place) as EventDetail);
  }
}

/** A read during the race has what was there, in order, and of what came meanwhile nothing but stored events. */
const checkSeen = (
  before: EventsModel,
  finished: FinishedWrite[],
  store: number,
  aggregateId: string,
  events: EventDetail[],
): void => {
  const versions = events.map(({ version }) => version);
  deepStrictEqual(
    versions,
    [...new Set(versions)].toSorted((left, right) => left - right),
  );
  for (const { version } of before.read(store, aggregateId)) ok(versions.includes(version));
  const stored = finished.flatMap(({ write, outcome }) => {
    const isHere = ({ place }: Write['members'][number]): boolean =>
      place.store === store && place.aggregateId === aggregateId;
    return 'events' in outcome ? outcome.events.filter((_, index) => isHere(write.members[index] as never)) : [];
  });
  const possible = [...before.read(store, aggregateId), ...stored];
  for (const event of events) ok(possible.some(other => isDeepStrictEqual(event, other)));
};
