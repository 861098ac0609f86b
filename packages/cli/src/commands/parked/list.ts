import type { ParkedAggregate } from '@castore-dynamodb/streams';

import { UsageError } from '../../errors.js';
import type { Row } from '../../output/printer.js';
import { type ParkedEvent, parkedEventOf } from '../../projections/parkedEvent.js';
import { parkedWithoutConfig } from '../../projections/parkedWithoutConfig.js';
import type { CommandContext, RegisterCommand } from '../command.js';
import { PARKED_HEAD, parkedRow } from './row.js';

export const listParkedCommand: RegisterCommand = add =>
  add({
    usage: 'list [projection]',
    description: 'list the aggregates that wait, with the error and the event: of a projection, or of all',
    example: 'parked list trainers --projection-table views',
    work: listParked,
  }).option('--projection-table <name>', 'the table of the positions, for a projection that no configuration names');

const listParked = async (
  context: CommandContext,
  name: string | undefined,
  { projectionTable }: { projectionTable?: string },
): Promise<void> => {
  const { session, printer, options, signal } = context;
  const projections =
    projectionTable === undefined
      ? name === undefined
        ? await session.projections()
        : [await session.projection(name)]
      : [parkedWithoutConfig(await session.client(), projectionTable, name ?? refuseAll())];

  const rows = async function* (): AsyncGenerator<Row> {
    for (const projection of projections) {
      for (const parked of await projection.listParked()) {
        signal.throwIfAborted();
        yield parkedRow(projection.name, parked, await eventOf(context, parked), options);
      }
    }
  };
  const count = await printer.rows(PARKED_HEAD, rows());
  if (count === 0) printer.note('Nothing is parked.');
};

const refuseAll = (): never => {
  throw new UsageError(
    'Which projection? A table alone does not name them: parked list NAME --projection-table TABLE.',
  );
};

const eventOf = ({ session }: CommandContext, parked: ParkedAggregate): Promise<ParkedEvent> =>
  parkedEventOf(() => session.eventStore(parked.eventStoreId), parked);
