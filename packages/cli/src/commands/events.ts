import { streamEvents } from '../connection/streamEvents.js';
import { EVENT_COLUMNS, eventRow } from '../output/eventRow.js';
import type { PayloadView } from '../output/payloads.js';
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
    .option('--types <types>', 'only these event types, separated by commas', list)
    .option('--whole', 'print payloads whole, not cut to one line', false);

/** Shows the events of an aggregate, a page of DynamoDB at a time. */
const events = async (
  { session, printer, options, signal }: CommandContext,
  eventStoreId: string,
  aggregateId: string,
  { from, to, limit, reverse, types, whole }: EventsOptions,
): Promise<void> => {
  const eventStore = await session.eventStore(eventStoreId);
  const view: PayloadView = options.redact ? 'shape' : whole ? 'whole' : 'cut';
  const chosen = types === undefined ? undefined : new Set(types);

  const rows = async function* (): AsyncGenerator<Row> {
    let left = limit ?? Number.POSITIVE_INFINITY;
    const stream = streamEvents(eventStore, aggregateId, {
      reverse,
      ...(from !== undefined && { minVersion: from }),
      ...(to !== undefined && { maxVersion: to }),
      // A limit counts the events that are shown, so that DynamoDB cannot keep it if some are passed over.
      ...(limit !== undefined && chosen === undefined && { limit }),
    });
    for await (const event of stream) {
      signal.throwIfAborted();
      if (chosen !== undefined && !chosen.has(event.type)) continue;
      yield eventRow(event, view, printer.columns);
      left -= 1;
      if (left === 0) return;
    }
  };

  const count = await printer.rows(EVENT_COLUMNS, rows());
  if (count === 0) printer.note(`No such events of ${aggregateId} in ${eventStoreId}.`);
};
