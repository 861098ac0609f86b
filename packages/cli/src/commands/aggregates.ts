import { parseInstant } from '@castore-dynamodb/commons';

import { listingEventStore } from '../connection/listingEventStore.js';
import type { Row } from '../output/printer.js';
import type { CommandContext, RegisterCommand } from './command.js';
import { positiveInteger } from './options.js';

export interface AggregatesOptions {
  readonly limit: number;
  readonly all: boolean;
  readonly reverse: boolean;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly page?: string | undefined;
}

/** A page of a listing of all: an index page of keys holds thousands, of which this many cost about 8 read units. */
const PAGE = 1000;

export const aggregatesCommand: RegisterCommand = add =>
  add({
    usage: 'aggregates <store>',
    description: 'list the aggregates of an event store in the order of their first events',
    example: 'aggregates POKEMONS --table events --reverse',
    work: aggregates,
  })
    .option('-n, --limit <count>', 'so many', positiveInteger, 50)
    .option('--all', 'all of them, page by page', false)
    .option('-r, --reverse', 'the newest first', false)
    .option('--after <instant>', 'that began at this instant or later')
    .option('--before <instant>', 'that began at this instant or earlier')
    .option('--page <token>', 'go on after the page that this token was printed for');

/** Lists the aggregates of an event store by the time of their first events. */
const aggregates = async (
  { session, printer, signal }: CommandContext,
  eventStoreId: string,
  { limit, all, reverse, after, before, page }: AggregatesOptions,
): Promise<void> => {
  const { eventStore, gap } = await listingEventStore(session, eventStoreId);
  if (gap !== undefined) printer.note(gap);
  const range = {
    ...(after !== undefined && { initialEventAfter: parseInstant(after, '--after', 'up') }),
    ...(before !== undefined && { initialEventBefore: parseInstant(before, '--before') }),
  };
  const isRange = after !== undefined || before !== undefined;
  let pageToken = page;

  const rows = async function* (): AsyncGenerator<Row> {
    do {
      signal.throwIfAborted();
      const listed = await eventStore.listAggregateIds({
        limit: all ? PAGE : limit,
        // A token holds the range and the direction of its listing.
        ...(pageToken === undefined ? { ...range, reverse } : { pageToken }),
      });
      for (const { aggregateId, initialEventTimestamp } of listed.aggregateIds) {
        yield { data: { aggregateId, initialEventTimestamp }, cells: [initialEventTimestamp, aggregateId] };
      }
      pageToken = listed.nextPageToken;
    } while (all && pageToken !== undefined);
  };

  const count = await printer.rows(['first event', 'aggregate'], rows());
  if (count === 0) printer.note(`No aggregate of ${eventStoreId} is listed${isRange ? ' in this range' : ''}.`);
  if (pageToken === undefined) return;
  if (printer.isJson) await printer.json({ nextPageToken: pageToken });
  else printer.note(`There are more: --page ${pageToken}`);
};
