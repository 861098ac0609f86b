import type { EventStore } from '@castore/core';
import { parseInstant } from '@castore-dynamodb/commons';

import { UsageError } from '../errors.js';
import { toExactJson } from '../output/exactJson.js';
import { shapeOf } from '../output/payloads.js';
import type { CommandContext, RegisterCommand } from './command.js';
import { positiveInteger } from './options.js';

export interface StateOptions {
  readonly version?: number | undefined;
  readonly at?: string | undefined;
}

export const stateCommand: RegisterCommand = add =>
  add({
    usage: 'state <store> <aggregate>',
    description: 'show an aggregate as the reducer of the configuration makes it',
    example: 'state POKEMONS pikachu1 --at 2026-11-27T10:00',
    work: state,
  })
    .option('--version <version>', 'as it was at this version', positiveInteger)
    .option('--at <instant>', 'as it was at this instant');

/** Shows an aggregate as the configuration's reducer makes it: now, at a version, or at a time. */
const state = async (
  { session, printer, options, signal }: CommandContext,
  eventStoreId: string,
  aggregateId: string,
  { version, at }: StateOptions,
): Promise<void> => {
  if (version !== undefined && at !== undefined) throw new UsageError('Give --version or --at, not both.');
  const { eventStores = [] } = await session.config();
  if (!eventStores.some(each => each.eventStoreId === eventStoreId)) {
    throw new UsageError(
      `The state of an aggregate needs a reducer: castore-dynamodb.config.ts with the event store ${eventStoreId}.`,
    );
  }
  const eventStore = await session.eventStore(eventStoreId);
  const aggregate = await aggregateOf(
    eventStore,
    aggregateId,
    version,
    at === undefined ? at : parseInstant(at, '--at'),
  );
  signal.throwIfAborted();
  if (aggregate === undefined) {
    printer.note(`No such aggregate ${aggregateId} in ${eventStoreId}, or not yet.`);
    return;
  }
  const shown = options.redact ? shapeOf(aggregate) : aggregate;
  if (printer.isJson) await printer.json(shown);
  else
    for (const [name, value] of Object.entries(shown as object)) await printer.text(`${name}: ${toExactJson(value)}`);
};

const aggregateOf = async (
  eventStore: EventStore,
  aggregateId: string,
  version: number | undefined,
  at: string | undefined,
): Promise<unknown> => {
  if (at === undefined) {
    return (await eventStore.getAggregate(aggregateId, version === undefined ? {} : { maxVersion: version })).aggregate;
  }
  const { events } = await eventStore.getEvents(aggregateId);
  // By the order of versions, should clocks have run backwards.
  const last = events.findLastIndex(({ timestamp }) => timestamp <= at);
  return eventStore.buildAggregate(events.slice(0, last + 1));
};
