import type { EventStore } from '@castore/core';
import { eventTableOf } from '@castore-dynamodb/adapter';

import type { CommandContext } from '../commands/command.js';
import { bareEventStore } from '../connection/bareEventStore.js';
import type { Session } from '../connection/session.js';
import { UsageError } from '../errors.js';
import type { TailedTable } from './recordedEvents.js';

/**
 * The tables that an event store lies in, or all of the configuration; `--table` names one of which nothing else is known.
 *
 * @throws UsageError
 */
export const tailedTables = async (
  { session, options }: { readonly session: Session; readonly options: Pick<CommandContext['options'], 'table'> },
  eventStoreId: string | undefined,
): Promise<TailedTable[]> => {
  const { eventStores = [] } = await session.config();
  const ids = eventStores.map(each => each.eventStoreId).filter(id => id === (eventStoreId ?? id));
  if (options.table !== undefined || ids.length === 0) return [await bareTable(session, eventStoreId)];
  const chosen = await Promise.all(ids.map(id => session.eventStore(id)));
  const tables = new Map<string, TailedTable>();
  for (const eventStore of chosen) {
    const table = tableOf(eventStore);
    const others = tables.get(table.tableName)?.eventStores ?? [];
    tables.set(table.tableName, { ...table, eventStores: [...others, eventStore] });
  }
  return [...tables.values()];
};

const tableOf = (eventStore: EventStore): TailedTable => {
  const table = eventTableOf(eventStore.getEventStorageAdapter());
  if (table !== undefined) return { ...table, eventStores: [], newEventStore: id => bareEventStore(table, id) };
  throw new UsageError(
    `The event store ${eventStore.eventStoreId} of the configuration has no adapter of @castore-dynamodb/adapter.`,
  );
};

const bareTable = async (
  session: CommandContext['session'],
  eventStoreId: string | undefined,
): Promise<TailedTable> => {
  const table = await session.eventTable();
  const newEventStore = (id: string): EventStore => bareEventStore(table, id);
  if (table.layout === 'single-table') return { ...table, eventStores: [], newEventStore };
  if (eventStoreId !== undefined) return { ...table, eventStores: [newEventStore(eventStoreId)], newEventStore };
  throw new UsageError('This table has the events of one event store, but does not say which: name it.');
};
