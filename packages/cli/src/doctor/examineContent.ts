import type { EventStore } from '@castore/core';
import type { EventStoreWithSnapshots } from '@castore-dynamodb/snapshots';

import { findDuplicatedFirstEvents } from './checks/duplicatedFirstEvents.js';
import { foreignItemFinding } from './checks/foreignItems.js';
import { findGaps } from './checks/gaps.js';
import type { ProjectionLag } from './checks/projectionsBehind.js';
import { findWrongSnapshots } from './checks/snapshots.js';
import { findUnlisted } from './checks/unlistedAggregates.js';
import type { Content, ExaminedAggregate } from './content.js';
import type { Finding } from './finding.js';
import { readAggregate } from './readAggregate.js';

/** What of the content is looked at together, since the positions of so many are read at once. */
const AT_A_TIME = 100;

interface Surroundings {
  /** Those of the configuration, for what is made of events; others are looked at as they are stored. */
  readonly eventStores: readonly (EventStore | EventStoreWithSnapshots<EventStore>)[];
  readonly lags: readonly ProjectionLag[];
  /** Of how many aggregates snapshots and positions are looked at, which takes requests of its own. */
  readonly maxDerived: number;
  /** Gets the number of aggregates that were looked at until now, and whether these are all. */
  readonly onAggregates: (count: number, isDone: boolean) => void;
  /** An event store of the table, to read an aggregate again. */
  readonly eventStoreOf: (eventStoreId: string) => EventStore;
}

/** Every check of content, over what a part of a table holds. */
export async function* examineContent(
  content: AsyncIterable<Content> | Iterable<Content>,
  surroundings: Surroundings,
): AsyncGenerator<Finding, void, undefined> {
  let waiting: ExaminedAggregate[] = [];
  let count = 0;
  const flush = async function* (): AsyncGenerator<Finding> {
    yield* examineEvents(waiting, surroundings);
    yield* examineDerived(waiting.slice(0, Math.max(0, surroundings.maxDerived - count)), surroundings);
    count += waiting.length;
    waiting = [];
  };
  for await (const each of content) {
    if (each.kind === 'foreign') {
      yield foreignItemFinding(each);
      continue;
    }
    waiting.push(each);
    if (waiting.length < AT_A_TIME) continue;
    yield* flush();
    surroundings.onAggregates(count, false);
  }
  yield* flush();
  surroundings.onAggregates(count, true);
}

async function* examineEvents(
  aggregates: readonly ExaminedAggregate[],
  { eventStoreOf }: Surroundings,
): AsyncGenerator<Finding> {
  for (const aggregate of aggregates) {
    yield* findUnlisted(aggregate);
    yield* findDuplicatedFirstEvents(aggregate);
    if (findGaps(aggregate).length === 0) continue;
    // Events that were written meanwhile may have been seen in part.
    const again = await readAggregate(eventStoreOf(aggregate.eventStoreId), aggregate.aggregateId);
    if (again !== undefined) yield* findGaps(again);
  }
}

/** What is made of events. */
async function* examineDerived(
  aggregates: readonly ExaminedAggregate[],
  { eventStores, lags }: Surroundings,
): AsyncGenerator<Finding> {
  // Castore's own adapters store events under an empty id too, of which nothing is made here.
  const named = aggregates.filter(({ aggregateId }) => aggregateId !== '');
  for (const eventStore of eventStores) {
    if (!('snapshots' in eventStore)) continue;
    const own = named.filter(({ eventStoreId }) => eventStoreId === eventStore.eventStoreId);
    yield* await findWrongSnapshots(
      eventStore,
      own.map(({ aggregateId }) => aggregateId),
    );
  }
  const complete = named.filter(({ isComplete }) => isComplete);
  for (const lag of lags) await lag.lookAt(complete);
}
