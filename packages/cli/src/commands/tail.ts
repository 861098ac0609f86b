import { describeErrorInWords, hasCode } from '@castore-dynamodb/commons';

import { CommandFailedError } from '../errors.js';
import { eventRow } from '../output/eventRow.js';
import type { PayloadView } from '../output/payloads.js';
import type { LiveEvent } from '../tail/tailEvents.js';
import { tailedTables } from '../tail/tailedTables.js';
import type { CommandContext, RegisterCommand } from './command.js';
import { list } from './options.js';

export interface TailCommandOptions {
  readonly id?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly whole: boolean;
}

const POLL_INTERVAL_MS = 1000;

export const tailCommand: RegisterCommand = add =>
  add({
    usage: 'tail [store]',
    description: "show events as they are stored, from the table's stream, until Ctrl-C",
    example: 'tail POKEMONS --table events --types POKEMON_CAUGHT',
    work: tail,
  })
    .option('--id <aggregate>', 'only this aggregate')
    .option('--types <types>', 'only these event types, separated by commas', list)
    .option('--whole', 'print payloads whole, not cut to one line', false);

/** Shows what is stored from now on. Takes no lock and saves no position, so that pollers do not notice it. */
const tail = async (
  context: CommandContext,
  eventStoreId: string | undefined,
  { id, types, whole }: TailCommandOptions,
): Promise<void> => {
  const { session, printer, options, signal } = context;
  const view: PayloadView = options.redact ? 'shape' : whole ? 'whole' : 'cut';
  const { tailEvents } = await import('../tail/tailEvents.js');
  const tables = await tailedTables(context, eventStoreId);
  const names = tables.map(({ tableName }) => tableName).join(', ');
  const events = tailEvents({
    tables,
    filter: { eventStoreId, aggregateId: id, types },
    streamsClientOf: ({ dynamoDbClient }) => session.streamsClient(dynamoDbClient),
    pollIntervalMs: POLL_INTERVAL_MS,
    signal,
    onReady: () => printer.note(`Waiting for events of ${names}. Ctrl-C ends it.`),
    onError: error => printer.note(describeErrorInWords(error)),
  });
  try {
    for await (const event of events) await print(context, event, view);
  } catch (error) {
    if (!hasCode(error, 'StreamNotReadableError')) throw error;
    throw new CommandFailedError(howToSwitchOn(error as { tableName: string; streamViewType: string | undefined }), {
      cause: error,
    });
  }
};

/** Each by itself, since nobody knows when the next one comes. */
const print = async ({ printer }: CommandContext, { eventStoreId, event }: LiveEvent, view: PayloadView) => {
  const { data, cells } = eventRow(event, view, printer.columns);
  if (printer.isJson) return printer.json({ eventStoreId, ...data });
  const [version = '', timestamp = '', type = '', payload = ''] = cells;
  await printer.text([timestamp, eventStoreId, event.aggregateId, version, type, payload].join('  '));
};

/** The stream is part of a table's deployment, so this is not done here. */
const howToSwitchOn = ({ tableName, streamViewType }: { tableName: string; streamViewType: string | undefined }) => {
  const has =
    streamViewType === undefined ? 'no stream' : `a stream of ${streamViewType}, which has no new events in it`;
  return `The table ${tableName} has ${has}. Switch one on where the table is deployed (CDK: stream: StreamViewType.NEW_IMAGE, Terraform: stream_enabled = true), or by: aws dynamodb update-table --table-name ${tableName} --stream-specification StreamEnabled=true,StreamViewType=NEW_IMAGE`;
};
