import type { EventDetail, EventStore } from '@castore/core';
import { isEventAlreadyExistsError } from '@castore/core';
import { previewPush } from '@castore-dynamodb/adapter';

import { CommandFailedError, UsageError } from '../errors.js';
import { parseValue, readText } from '../input/readValue.js';
import { EVENT_COLUMNS, eventRow } from '../output/eventRow.js';
import type { PayloadView } from '../output/payloads.js';
import type { CommandContext, RegisterCommand } from './command.js';
import { positiveInteger, type WriteOptions } from './options.js';

export interface PushOptions extends WriteOptions {
  readonly file?: string | undefined;
  readonly metadata?: string | undefined;
  readonly version?: number | undefined;
}

/** An event whose timestamp the adapter gives it. */
type NewEvent = Omit<EventDetail, 'timestamp'>;

export const pushCommand: RegisterCommand = add =>
  add({
    usage: 'push <store> <aggregate> <type> [payload]',
    description: 'push an event, with its payload as JSON, after the last one of an aggregate',
    example: `push POKEMONS pikachu1 POKEMON_LEVELED_UP '{"by":1}' --write`,
    writes: true,
    work: push,
  })
    .option('--file <path>', 'the payload is in a file; - is standard input')
    .option('--metadata <json>', "the event's metadata")
    .option('--version <version>', 'the version of the event (default: the next one)', positiveInteger);

/** Pushes an event through its event store, so that its schema is checked and its content encrypted as in the application. */
const push = async (
  context: CommandContext,
  eventStoreId: string,
  aggregateId: string,
  type: string,
  argument: string | undefined,
  { file, metadata, version, write }: PushOptions,
): Promise<void> => {
  const { session, printer, options } = context;
  const payload = await payloadOf(context, argument, file);
  const content = {
    ...(payload !== undefined && { payload }),
    ...(metadata !== undefined && { metadata: parseValue(metadata, 'metadata') }),
  };
  const eventStore = await session.eventStore(eventStoreId);
  checkType(eventStore, type);

  const place = await placeOf(context, eventStore, aggregateId, version);
  const event: NewEvent = { aggregateId, version: place, type, ...content };
  const view: PayloadView = options.redact ? 'shape' : 'cut';
  if (!write) {
    const stored = await previewPush(eventStore.getEventStorageAdapter(), event, { eventStoreId });
    await printer.rows(EVENT_COLUMNS, rowOf({ ...(stored ?? event), timestamp: '' }, view));
    const unchecked = stored === undefined ? ' Only then is it checked whether it can be stored.' : '';
    printer.note(`Not written: --write pushes it.${unchecked}`);
    return;
  }
  printer.progress.beginWriting('', 'Then castore-dynamodb events shows whether the event is there.');
  await printer.rows(EVENT_COLUMNS, rowOf(await pushTo(eventStore, event), view));
};

/** The version that a new event gets. @throws UsageError, CommandFailedError if the wanted one would leave a gap or is taken */
const placeOf = async (
  { printer, signal }: CommandContext,
  eventStore: EventStore,
  aggregateId: string,
  wanted: number | undefined,
): Promise<number> => {
  const last = (await eventStore.getEvents(aggregateId, { reverse: true, limit: 1 })).events[0]?.version ?? 0;
  signal.throwIfAborted();
  if (wanted === undefined) return last + 1;
  if (wanted > last + 1) {
    throw new UsageError(`Version ${wanted} would leave a gap: the next version of ${aggregateId} is ${last + 1}.`);
  }
  if (wanted > last) return wanted;
  const { events } = await eventStore.getEvents(aggregateId, { minVersion: wanted, maxVersion: wanted });
  if (events[0] !== undefined) throw conflict({ aggregateId, version: wanted }, events[0]);
  printer.note(
    `Version ${wanted} of ${aggregateId} is missing before version ${last}. Its timestamp will be the present time; import keeps that of an exported event.`,
  );
  return wanted;
};

const payloadOf = async (
  { terminal, folder, signal }: CommandContext,
  argument: string | undefined,
  file: string | undefined,
): Promise<unknown> => {
  if (argument !== undefined && file !== undefined) throw new UsageError('Give a payload or --file, not both.');
  const json = file === undefined ? argument : await readText(file, folder, terminal.stdin, signal);
  return json === undefined ? undefined : parseValue(json, 'payload');
};

/** Event stores of the configuration name their types; those of a table alone have none. */
const checkType = ({ eventStoreId, eventTypes }: EventStore, type: string): void => {
  const known = eventTypes.map(eventType => eventType.type);
  if (known.length === 0 || known.includes(type)) return;
  throw new UsageError(`The event store ${eventStoreId} has no event type ${type}. It has ${known.join(', ')}.`);
};

const pushTo = async (eventStore: EventStore, event: NewEvent): Promise<EventDetail> => {
  try {
    return (await eventStore.pushEvent(event)).event;
  } catch (error) {
    if (!isEventAlreadyExistsError(error)) throw error;
    throw conflict(event, (error as { winningEvent?: EventDetail }).winningEvent, error);
  }
};

/** Names the event that is there, without its content. */
const conflict = (
  { aggregateId, version }: Pick<NewEvent, 'aggregateId' | 'version'>,
  winner: EventDetail | undefined,
  cause?: unknown,
): CommandFailedError => {
  const which = winner === undefined ? 'an event' : `the event ${winner.type} of ${winner.timestamp}`;
  return new CommandFailedError(
    `Conflict: ${which} is there already at version ${version} of ${aggregateId}. Nothing was written. Look at it (castore-dynamodb events), and decide anew.`,
    { cause },
  );
};

async function* rowOf(event: EventDetail, view: PayloadView) {
  const { data, cells } = eventRow(event, view);
  const { timestamp, ...rest } = data;
  yield { data: timestamp === '' ? rest : data, cells };
}
