import { mapConcurrently } from '@castore-dynamodb/commons';
import type { ParkedAggregate, Projection } from '@castore-dynamodb/streams';

import { parkedEventOf } from '../../projections/parkedEvent.js';
import { shownValue } from '../../state/plainState.js';
import type { ParkedShown, PositionShown, ProjectionShown, Projections } from '../api.js';
import type { Explorer } from '../explorer.js';
import { problemOf } from '../problem.js';
import { shellWord } from '../shellWord.js';

/** Of each event store, those that began last: no index has those that changed last. */
const AGGREGATES = 20;
const AT_A_TIME = 10;
/** Events of parked aggregates that are read; what is beyond is listed without. */
const EVENTS = 50;

/** What the configuration's projections have come to. */
export const projectionsView = async (explorer: Explorer): Promise<Projections> => {
  const { session, table } = explorer.options;
  // Those of the configuration are not made of another table's events.
  const projections = table === undefined ? await session.projections() : [];
  return { projections: await mapConcurrently(projections, 1, projection => show(explorer, projection)) };
};

/** What is wrong with one of them is no reason not to show the others. */
const show = async (explorer: Explorer, projection: Projection): Promise<ProjectionShown> => {
  const { name } = projection;
  try {
    const parked = await projection.listParked();
    return {
      name,
      parked: await mapConcurrently(parked, AT_A_TIME, (each, at) => showParked(explorer, name, each, at < EVENTS)),
      positions: await positionsOf(explorer, projection),
    };
  } catch (error) {
    return { name, parked: [], positions: [], problem: problemOf(error) };
  }
};

const showParked = async (
  explorer: Explorer,
  projection: string,
  { eventStoreId, aggregateId, version, parkedAt, error }: ParkedAggregate,
  isRead: boolean,
): Promise<ParkedShown> => {
  const { isRedacted } = explorer.options;
  const findEventStore = async () => (await explorer.store(eventStoreId)).eventStore;
  const { event, unreadable } = isRead
    ? await parkedEventOf(findEventStore, { aggregateId, version })
    : { event: undefined, unreadable: undefined };
  const type = event?.type ?? unreadable;
  return {
    eventStoreId,
    aggregateId,
    version,
    parkedAt,
    // What was thrown may quote the event.
    error: isRedacted ? error.name : `${error.name}: ${error.message}`,
    ...(type !== undefined && { type }),
    ...(event?.payload !== undefined && { payload: shownValue(event.payload, isRedacted) }),
    command: `castore-dynamodb parked retry --write -- ${[projection, eventStoreId, aggregateId].map(shellWord).join(' ')}`,
  };
};

const positionsOf = async (explorer: Explorer, projection: Projection): Promise<PositionShown[]> => {
  const perStore = await mapConcurrently(projection.eventStoreIds, 1, async eventStoreId => {
    const { eventStore, stored } = await explorer.store(eventStoreId);
    const { aggregateIds } = await eventStore.listAggregateIds({ limit: AGGREGATES, reverse: true });
    return mapConcurrently(aggregateIds, AT_A_TIME, async ({ aggregateId }) => {
      const { events } = await stored.read(aggregateId, { reverse: true, limit: 1 });
      return { eventStoreId, aggregateId, lastVersion: events[0]?.version ?? 0 };
    });
  });
  const aggregates = perStore.flat();
  const positions = await projection.positionsOf(aggregates);
  return aggregates.map((aggregate, at) => ({ ...aggregate, position: positions[at]?.version ?? 0 }));
};
