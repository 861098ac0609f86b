import type { ParkedAggregate, Projection } from '@castore-dynamodb/streams';

import { CommandFailedError, UsageError } from '../../errors.js';
import { EXIT_CODES, type ExitCode } from '../../exitCodes.js';
import { parkedOf } from '../../projections/parkedOf.js';
import type { CommandContext, RegisterCommand } from '../command.js';

export const retryParkedCommand: RegisterCommand = add =>
  add({
    usage: 'retry <projection> [store] [aggregate]',
    description: 'handle the events of parked aggregates, of one or of all',
    example: 'parked retry trainers POKEMONS pikachu1 --write',
    writes: true,
    work: retryParked,
  });

export const skipParkedCommand: RegisterCommand = add =>
  add({
    usage: 'skip <projection> <store> <aggregate>',
    description: 'skip the event that could not be handled, and handle those that wait for it',
    example: 'parked skip trainers POKEMONS pikachu1 --write',
    writes: true,
    work: skipParked,
  });

const retryParked = async (
  context: CommandContext,
  name: string,
  eventStoreId?: string,
  aggregateId?: string,
): Promise<ExitCode | void> => {
  if (eventStoreId !== undefined && aggregateId === undefined) {
    throw new UsageError(
      'Which aggregate? Give the event store and the id, or neither of them for all that are parked.',
    );
  }
  const projection = await context.session.projection(name);
  return release(context, projection, await find(projection, eventStoreId, aggregateId), false);
};

const skipParked = async (
  context: CommandContext,
  name: string,
  eventStoreId: string,
  aggregateId: string,
): Promise<ExitCode | void> => {
  const projection = await context.session.projection(name);
  return release(context, projection, await find(projection, eventStoreId, aggregateId), true);
};

/** All that are parked, or the one that is named. @throws UsageError, CommandFailedError if that one is not parked */
const find = async (
  projection: Projection,
  eventStoreId?: string,
  aggregateId?: string,
): Promise<ParkedAggregate[]> => {
  const { name, eventStoreIds } = projection;
  if (eventStoreId !== undefined && !eventStoreIds.includes(eventStoreId)) {
    throw new UsageError(
      `${name} is made of no event store ${JSON.stringify(eventStoreId)}. It is made of: ${eventStoreIds.join(', ')}.`,
    );
  }
  const parked = await parkedOf(projection);
  if (eventStoreId === undefined) return parked;
  const named = parked.filter(each => each.eventStoreId === eventStoreId && each.aggregateId === aggregateId);
  if (named.length > 0) return named;
  throw new CommandFailedError(
    `Nothing was done: ${aggregateId} in ${eventStoreId} is not parked in ${name}. castore-dynamodb parked list ${name} shows what is.`,
  );
};

/** One after the other, so that an interruption leaves one half done at most; a retry goes on with that one. */
const release = async (
  { printer, options, signal }: CommandContext,
  projection: Projection,
  all: readonly ParkedAggregate[],
  skip: boolean,
): Promise<ExitCode | void> => {
  if (all.length === 0) {
    printer.note('Nothing is parked.');
    return;
  }
  const write = options.write === true;
  if (write) printer.progress.beginWriting('The same command goes on with the rest.');
  let parkedAgain = 0;
  const work = async function* () {
    for (const [index, parked] of all.entries()) {
      signal.throwIfAborted();
      const { eventStoreId, aggregateId, version } = parked;
      const result = write ? await projection.retryParked(parked, { skip }) : skip ? 'would skip' : 'would retry';
      if (result === 'parked') parkedAgain += 1;
      if (write)
        printer.progress.report(`${index + 1} of ${all.length} parked aggregates tried`, (index + 1) / all.length);
      yield {
        data: { projection: projection.name, eventStoreId, aggregateId, version, result },
        cells: [eventStoreId, aggregateId, String(version), result === 'parked' ? 'parked again' : result],
      };
    }
  };
  await printer.rows(['event store', 'aggregate', 'version', 'result'], work());
  if (!write) printer.dryRun();
  if (parkedAgain > 0) return EXIT_CODES.findings;
};
