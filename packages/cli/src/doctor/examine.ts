import type { EventStore } from '@castore/core';
import { eventTableOf } from '@castore-dynamodb/adapter';
import { mapConcurrently } from '@castore-dynamodb/commons';
import type { EventTableAction, EventTableOperation } from '@castore-dynamodb/table';

import { bareEventStore } from '../connection/bareEventStore.js';
import { findParked } from './checks/parkedAggregates.js';
import { findMissingPermissions } from './checks/permissions.js';
import { ProjectionLag } from './checks/projectionsBehind.js';
import { checkStream } from './checks/stream.js';
import { checkTableDefinition } from './checks/tableDefinition.js';
import { type Content, contentOf } from './content.js';
import { examineContent } from './examineContent.js';
import type { Finding } from './finding.js';
import { isDenied, missingPermission } from './permission.js';
import { readAggregate } from './readAggregate.js';
import type { ExaminedTable, Subject } from './subject.js';

/** How much of the content is looked at: all, a page of about 1 MB from anywhere in each table, an event store, an aggregate. */
export type Extent =
  | { readonly kind: 'all' }
  | { readonly kind: 'sample' }
  /** Those that a listing has. */
  | { readonly kind: 'event-store'; readonly eventStore: EventStore }
  | { readonly kind: 'aggregate'; readonly eventStore: EventStore; readonly aggregateId: string };

export interface ExamineOptions {
  readonly extent: Extent;
  readonly operations: readonly EventTableOperation[];
  /** How old an event may be that a projection has not handled. */
  readonly maxLagMs: number;
  readonly signal: AbortSignal;
  /** Gets the number of aggregates of a table that were looked at until now, and whether these are all. */
  readonly onAggregates: (tableName: string, count: number, isDone: boolean) => void;
}

/** A page may have thousands of aggregates. */
const DERIVED_OF_A_SAMPLE = 100;

/** All checks, from the cheap ones to those of content. Findings come as they are made. */
export async function* examine(
  { tables, projections }: Subject,
  options: ExamineOptions,
): AsyncGenerator<Finding, void, undefined> {
  for (const table of tables) {
    if (table.deniedDescription === undefined) {
      yield* checkTableDefinition(table);
      yield* checkStream(table, projections);
    } else {
      yield missingPermission(
        table.tableName,
        table.deniedDescription,
        'dynamodb:DescribeTable',
        table.layout === undefined
          ? 'the table, its stream and its content could not be looked at: of a table alone, it tells the layout, or else dynamodb:Query on its index'
          : 'the table and its stream could not be looked at',
      );
    }
    yield* await findMissingPermissions(table, options.operations);
  }
  for (const projection of projections) {
    yield* unlessDenied(
      projection.projectionTable?.tableName ?? projection.name,
      'dynamodb:Query',
      'parked aggregates could not be listed',
      async function* () {
        yield* await findParked(projection);
      },
    );
  }
  const lags = projections.map(projection => new ProjectionLag(projection, options.maxLagMs));
  for (const table of tables) {
    const { action, content } = contentIn(table, options);
    yield* unlessDenied(table.tableName, action, 'the content could not be looked at', () =>
      examineContent(content, {
        eventStores: table.eventStores,
        lags,
        maxDerived: options.extent.kind === 'sample' ? DERIVED_OF_A_SAMPLE : Number.POSITIVE_INFINITY,
        onAggregates: (count, isDone) => options.onAggregates(table.tableName, count, isDone),
        eventStoreOf: eventStoreId => eventStoreIn(table, eventStoreId),
      }),
    );
  }
  for (const lag of lags) yield* lag.findings();
}

const contentIn = (
  table: ExaminedTable,
  { extent, signal }: ExamineOptions,
): { action: EventTableAction; content: AsyncIterable<Content> } => {
  if (extent.kind === 'aggregate' || extent.kind === 'event-store') {
    const aggregateIds = extent.kind === 'aggregate' ? [[extent.aggregateId]] : listedIn(extent.eventStore);
    return { action: 'dynamodb:Query', content: aggregatesIn(table, extent.eventStore, aggregateIds) };
  }
  const segments = extent.kind === 'all' ? 1 : partsOf(table);
  const segment = Math.floor(Math.random() * segments);
  const content = contentOf(table, {
    segment,
    segments,
    signal,
    ...(extent.kind === 'sample' && { maxPages: 1 }),
  });
  return { action: 'dynamodb:Scan', content };
};

/** So many that each has about a page. */
const partsOf = ({ description }: ExaminedTable): number =>
  Math.min(1_000_000, Math.max(1, Math.floor((description?.TableSizeBytes ?? 0) / 1_000_000)));

const READ_AT_A_TIME = 10;

async function* aggregatesIn(
  { tableName }: ExaminedTable,
  eventStore: EventStore,
  pages: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
): AsyncGenerator<Content> {
  if (eventTableOf(eventStore.getEventStorageAdapter())?.tableName !== tableName) return;
  for await (const aggregateIds of pages) {
    const read = await mapConcurrently(aggregateIds, READ_AT_A_TIME, id => readAggregate(eventStore, id));
    yield* read.filter(aggregate => aggregate !== undefined);
  }
}

async function* listedIn(eventStore: EventStore): AsyncGenerator<string[]> {
  let pageToken: string | undefined;
  do {
    const page = await eventStore.listAggregateIds(pageToken === undefined ? { limit: 100 } : { pageToken });
    yield page.aggregateIds.map(({ aggregateId }) => aggregateId);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}

const eventStoreIn = ({ eventStores, tableName, dynamoDbClient, layout }: ExaminedTable, eventStoreId: string) =>
  (eventStores.find(each => each.eventStoreId === eventStoreId) as EventStore | undefined) ??
  bareEventStore({ tableName, dynamoDbClient, layout: layout ?? 'single-table' }, eventStoreId);

/** A check that may not be made is a finding, and no reason to leave out the others. */
async function* unlessDenied(
  tableName: string,
  action: EventTableAction,
  purpose: string,
  check: () => AsyncIterable<Finding>,
): AsyncGenerator<Finding> {
  try {
    yield* check();
  } catch (error) {
    if (!isDenied(error)) throw error;
    yield missingPermission(tableName, error, action, purpose);
  }
}
