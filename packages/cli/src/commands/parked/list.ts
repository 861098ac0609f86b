import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ParkedAggregate, Projection } from '@castore-dynamodb/streams';

import { bareEventStore } from '../../connection/bareEventStore.js';
import { UsageError } from '../../errors.js';
import type { Row } from '../../output/printer.js';
import { type ParkedEvent, parkedEventOf } from '../../projections/parkedEvent.js';
import { parkedOf } from '../../projections/parkedOf.js';
import type { CommandContext, RegisterCommand } from '../command.js';
import { PARKED_HEAD, parkedRow } from './row.js';

export const listParkedCommand: RegisterCommand = add =>
  add({
    usage: 'list [projection]',
    description: 'list parked aggregates with event and error, of one projection or of all',
    example: 'parked list trainers --projection-table views',
    work: listParked,
  }).option('--projection-table <name>', 'the projection table, for a projection that is not in the configuration');

const listParked = async (
  context: CommandContext,
  name: string | undefined,
  { projectionTable }: { projectionTable?: string },
): Promise<void> => {
  const { session, printer, options, signal } = context;
  const projections =
    projectionTable === undefined
      ? name === undefined
        ? await allProjections(session)
        : [await session.projection(name)]
      : [await parkedWithoutConfig(await session.client(), projectionTable, name ?? refuseAll())];

  const rows = async function* (): AsyncGenerator<Row> {
    for (const each of projections) {
      for (const parked of await parkedOf(each)) {
        signal.throwIfAborted();
        yield parkedRow(each.name, parked, await eventOf(context, parked), options);
      }
    }
  };
  const count = await printer.rows(PARKED_HEAD, rows());
  if (count > 0) return;
  printer.note(
    projectionTable === undefined
      ? 'Nothing is parked.'
      : `Nothing is parked by a projection named ${name}. Check the name: a table alone does not say which it has.`,
  );
};

/** What can be listed of a projection whose table is known and whose handlers are not: it must not handle anything. */
const parkedWithoutConfig = async (
  dynamoDbClient: DynamoDBClient,
  tableName: string,
  name: string,
): Promise<Pick<Projection, 'name' | 'projectionTable' | 'listParked'>> => {
  const { DynamoDbCheckpointStore, projection } = await import('@castore-dynamodb/streams');
  return projection({
    name,
    // Every projection has one; a listing does not look at it.
    eventStores: [bareEventStore({ tableName, dynamoDbClient, layout: 'table-per-store' }, 'unknown')],
    checkpoints: new DynamoDbCheckpointStore({ tableName, dynamoDbClient }),
    on: {},
  });
};

/** A list of nothing would look as if nothing were parked. */
const allProjections = async (session: CommandContext['session']): Promise<readonly Projection[]> => {
  const projections = await session.projections();
  if (projections.length > 0) return projections;
  throw new UsageError(
    'Which projections? No configuration names any. Give it one, or parked list NAME --projection-table TABLE.',
  );
};

const refuseAll = (): never => {
  throw new UsageError(
    'Which projection? A table alone does not name them: parked list NAME --projection-table TABLE.',
  );
};

const eventOf = ({ session }: CommandContext, parked: ParkedAggregate): Promise<ParkedEvent> =>
  parkedEventOf(() => session.eventStore(parked.eventStoreId), parked);
