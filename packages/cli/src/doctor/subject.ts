import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb';
import type { EventStore } from '@castore/core';
import { eventTableOf } from '@castore-dynamodb/adapter';
import type { EventStoreWithSnapshots } from '@castore-dynamodb/snapshots';
import type { Projection } from '@castore-dynamodb/streams';
import type { EventTableLayout } from '@castore-dynamodb/table';

import { describeIfThere, layoutOf } from '../connection/deployedTable.js';
import type { Session } from '../connection/session.js';
import { layoutByIndex } from './checks/permissions.js';
import { isDenied } from './permission.js';

/** A table, and what is known of it. */
export interface ExaminedTable {
  readonly tableName: string;
  readonly dynamoDbClient: DynamoDBClient;
  /** Undefined if there is no such table, or if it may not be described. */
  readonly description: TableDescription | undefined;
  readonly deniedDescription: unknown;
  /** What its event stores take it for, or what it is by its index; undefined if it is no event table, or may not be asked. */
  readonly layout: EventTableLayout | undefined;
  /** Those of the configuration; none for a table alone. */
  readonly eventStores: readonly (EventStore | EventStoreWithSnapshots<EventStore>)[];
}

/** What doctor looks at. */
export interface Subject {
  readonly tables: readonly ExaminedTable[];
  readonly projections: readonly Projection[];
}

/**
 * The tables and projections of the configuration, or a table alone. A DescribeTable for each table.
 *
 * @param only the event store that is looked at, if not all are
 */
export const subjectOf = async (session: Session, only?: EventStore): Promise<Subject> => {
  const configured = await session.configuredEventStores();
  const eventStores = only === undefined ? configured : [only];
  // With a table alone, positions of another table's aggregates would be taken for those of this one's.
  const isConfigured = configured.length > 0 && eventStores.every(each => configured.includes(each));
  const projections = (isConfigured ? await session.projections() : []).filter(({ eventStoreIds }) =>
    eventStores.some(({ eventStoreId }) => eventStoreIds.includes(eventStoreId)),
  );
  const known = new Map<string, Omit<ExaminedTable, 'description' | 'deniedDescription'>>();
  for (const eventStore of eventStores) {
    const table = eventTableOf(eventStore.getEventStorageAdapter());
    if (table === undefined) continue;
    const before = known.get(table.tableName)?.eventStores ?? [];
    known.set(table.tableName, { ...table, eventStores: [...before, eventStore] });
  }
  if (known.size === 0) {
    const [tableName, dynamoDbClient] = await Promise.all([session.tableName(), session.client()]);
    known.set(tableName, { tableName, dynamoDbClient, layout: undefined, eventStores: [] });
  }
  return { tables: await Promise.all([...known.values()].map(describe)), projections };
};

const describe = async (table: Omit<ExaminedTable, 'description' | 'deniedDescription'>): Promise<ExaminedTable> => {
  try {
    const description = await describeIfThere(table.dynamoDbClient, table.tableName);
    const layout = table.layout ?? (description && layoutOf(description));
    return { ...table, description, layout, deniedDescription: undefined };
  } catch (error) {
    if (!isDenied(error)) throw error;
    const layout = table.layout ?? (await layoutByIndex(table.dynamoDbClient, table.tableName));
    return { ...table, description: undefined, layout, deniedDescription: error };
  }
};
