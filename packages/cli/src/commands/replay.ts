import { parseInstant } from '@castore-dynamodb/commons';
import type { ParkedAggregate, Projection, ReplayProgress } from '@castore-dynamodb/streams';

import { announceReading } from '../connection/announceReading.js';
import { EXIT_CODES, type ExitCode } from '../exitCodes.js';
import type { Printer } from '../output/printer.js';
import type { CommandContext, RegisterCommand } from './command.js';
import { positiveInteger } from './options.js';

export interface ReplayCommandOptions {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly readUnitsPerSecond?: number | undefined;
  readonly restart: boolean;
}

export const replayCommand: RegisterCommand = add =>
  add({
    usage: 'replay <projection>',
    description:
      'hand a projection of the configuration all stored events that it has not handled; resumes after an interruption',
    example: 'replay trainers --max-read-units 50000 --write',
    writes: true,
    work: replay,
  })
    .option('--from <instant>', 'only aggregates with an event from this instant on')
    .option('--to <instant>', 'only up to this instant')
    .option('--read-units-per-second <units>', 'read no faster than this', positiveInteger)
    .option('--restart', 'start from the beginning, whatever an earlier replay has done', false);

/** Hands every stored event to a projection that has not handled it yet. */
const replay = async (
  context: CommandContext,
  name: string,
  { from, to, readUnitsPerSecond, restart }: ReplayCommandOptions,
): Promise<ExitCode | void> => {
  const { session, printer, options, signal } = context;
  const instants = {
    ...(from !== undefined && { from: parseInstant(from, '--from', 'up') }),
    ...(to !== undefined && { to: parseInstant(to, '--to') }),
  };
  const projection = await session.projection(name);
  const tables = await session.tablesOf(projection.eventStoreIds);
  // A replay that stops goes on later, so its price need not fit. The event stores may be unknown to the configuration.
  if (tables.length > 0) await announceReading(tables, { printer, maxReadUnits: options.maxReadUnits, mayStop: true });
  if (options.write !== true) {
    printer.note(`Would hand the events that ${JSON.stringify(name)} has not handled yet to it.`);
    printer.dryRun();
    return;
  }
  const { replayEvents } = await import('@castore-dynamodb/streams');
  const parked: ParkedAggregate[] = [];
  printer.progress.beginWriting('The same command goes on from there.');
  const done = await replayEvents({
    ...instants,
    projections: [projection],
    resume: !restart,
    ...(readUnitsPerSecond !== undefined && { readUnitsPerSecond }),
    signal,
    onProgress: progress => report(printer, progress),
    onParked: each => {
      parked.push(each);
      const { eventStoreId, aggregateId, version } = each;
      printer.note(`Parked: version ${version} of ${aggregateId} in ${eventStoreId} could not be handled.`);
    },
    // Without it, each would be a warning of the process too.
    onFailure: () => undefined,
  });
  await printResult(printer, projection, done, parked.length);
  if (parked.length > 0) return EXIT_CODES.findings;
};

const report = (printer: Printer, { events, items, segmentsDone, segments, share }: ReplayProgress): void =>
  printer.progress.report(
    `${events} events of ${items} items read, ${segmentsDone} of ${segments} segments done`,
    share,
  );

const printResult = async (
  printer: Printer,
  projection: Projection,
  { events, items, startedAt }: ReplayProgress,
  parked: number,
): Promise<void> => {
  if (printer.isJson) return printer.json({ projection: projection.name, events, items, startedAt, parked });
  await printer.text(`${projection.name} is up to date with ${events} events of ${items} items, as of ${startedAt}.`);
  if (parked > 0) printer.note(`${parked} aggregates are parked: castore-dynamodb parked list ${projection.name}`);
};
