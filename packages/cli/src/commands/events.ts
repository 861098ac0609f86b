import type { EventDetail, EventStorageAdapter } from '@castore/core';

import { UsageError } from '../errors.js';
import { type PayloadView, payloadCell, shapeOf } from '../output/payloads.js';
import type { Row } from '../output/printer.js';
import type { CommandContext, RegisterCommand } from './command.js';
import { list, positiveInteger } from './options.js';

export interface EventsOptions {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit?: number | undefined;
  readonly reverse: boolean;
  readonly types?: readonly string[] | undefined;
  readonly whole: boolean;
}

interface Streaming extends EventStorageAdapter {
  streamEvents(
    aggregateId: string,
    context: { eventStoreId: string },
    options: { minVersion?: number; maxVersion?: number; limit?: number; reverse?: boolean },
  ): AsyncIterable<EventDetail>;
}

export const eventsCommand: RegisterCommand = add =>
  add({
    usage: 'events <store> <aggregate>',
    description: 'show the events of an aggregate',
    example: 'events POKEMONS pikachu1 --table events --reverse --limit 10',
    work: events,
  })
    .option('--from <version>', 'the first version', positiveInteger)
    .option('--to <version>', 'the last version', positiveInteger)
    .option('-n, --limit <count>', 'so many', positiveInteger)
    .option('-r, --reverse', 'the last version first', false)
    .option('--types <types>', 'of these event types only, separated by commas', list)
    .option('--whole', 'payloads whole instead of cut to a line', false);

/** Shows the events of an aggregate, a page of DynamoDB at a time. */
const events = async (
  { session, printer, options, signal }: CommandContext,
  eventStoreId: string,
  aggregateId: string,
  { from, to, limit, reverse, types, whole }: EventsOptions,
): Promise<void> => {
  const eventStore = await session.eventStore(eventStoreId);
  const adapter = eventStore.getEventStorageAdapter() as Streaming;
  if (typeof adapter.streamEvents !== 'function') {
    throw new UsageError(
      `The event store ${eventStoreId} of the configuration has no adapter of @castore-dynamodb/adapter.`,
    );
  }
  const view: PayloadView = options.redact ? 'shape' : whole ? 'whole' : 'cut';
  const chosen = types === undefined ? undefined : new Set(types);

  const rows = async function* (): AsyncGenerator<Row> {
    let left = limit ?? Number.POSITIVE_INFINITY;
    const stream = adapter.streamEvents(
      aggregateId,
      { eventStoreId },
      {
        reverse,
        ...(from !== undefined && { minVersion: from }),
        ...(to !== undefined && { maxVersion: to }),
        // A limit counts the events that are shown, so that DynamoDB cannot keep it if some are passed over.
        ...(limit !== undefined && chosen === undefined && { limit }),
      },
    );
    for await (const event of stream) {
      signal.throwIfAborted();
      if (chosen !== undefined && !chosen.has(event.type)) continue;
      yield rowOf(event, view);
      left -= 1;
      if (left === 0) return;
    }
  };

  const count = await printer.rows(['version', 'timestamp', 'type', 'payload', 'metadata'], rows());
  if (count === 0) printer.note(`No such events of ${aggregateId} in ${eventStoreId}.`);
};

const rowOf = (event: EventDetail, view: PayloadView): Row => {
  const { version, timestamp, type, payload, metadata } = event;
  const shown = (value: unknown) => (view === 'shape' ? shapeOf(value) : value);
  return {
    data: {
      ...event,
      ...(payload !== undefined && { payload: shown(payload) }),
      ...(metadata !== undefined && { metadata: shown(metadata) }),
    },
    cells: [String(version), timestamp, type, payloadCell(payload, view), payloadCell(metadata, view)],
  };
};
