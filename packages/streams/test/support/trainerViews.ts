import { type DynamoDbProjection, dynamoDbProjection, type StreamRecord } from '../../src/index.js';
import type { StreamsContext } from './describeOnEveryLayout.js';
import type { Pokemons, Trainers } from './eventStores.js';
import { useProjectionTable } from './projectionTable.js';
import { lambdaRecords } from './streams.js';

interface TrainerView {
  name?: string;
  /** The events applied, in the order in which they were. */
  log: string[];
}

type TrainerDetails = NonNullable<Trainers['_types']>['details'];
type Details = Parameters<NonNullable<Pokemons['onEventPushed']>>[0]['event'] | TrainerDetails;

export const newName = (() => {
  let count = 0;
  return () => `trainers-${++count}`;
})();

/** Views of trainers and their pokemons, in a table that is there while the tests of the block run. */
export const useTrainerViews = (context: StreamsContext) => {
  const { pokemons, trainers, tableNames, dynamoDbClient, streamsClient, requests } = context;
  const tableName = useProjectionTable(dynamoDbClient);

  const initialView: TrainerView = { log: [] };
  const apply = (view: TrainerView, { type, aggregateId, version }: Details): TrainerView => {
    view.log.push(`${type.split('_')[1]} ${aggregateId} ${version}`);
    return view;
  };

  /** The pokemons of each trainer, as they were caught and traded. */
  const newView = ({
    name = newName(),
    client = dynamoDbClient,
    eventStores = [pokemons, trainers] as (Pokemons | Trainers)[],
    handle = apply,
  } = {}): DynamoDbProjection<TrainerView> =>
    dynamoDbProjection({
      name,
      eventStores,
      tableName,
      dynamoDbClient: client,
      initialView,
      key: event => {
        if (event.type === 'POKEMON_CAUGHT') return event.payload.trainerId;
        if (event.type === 'POKEMON_TRADED') return [event.payload.from, event.payload.to];
        return event.aggregateId;
      },
      project: {
        TRAINER_CREATED: (view, event) => ({ ...handle(view, event), name: event.payload.name }),
        POKEMON_CAUGHT: handle,
        POKEMON_TRADED: handle,
      },
    });

  const recordsOf = async (...aggregateIds: string[]): Promise<StreamRecord[]> => {
    const tables = [...new Set([tableNames.trainers, tableNames.pokemons])];
    const records = await Promise.all(tables.map(table => lambdaRecords(dynamoDbClient, streamsClient, table)));
    requests.splice(0);
    return records
      .flat()
      .filter(({ dynamodb }) => aggregateIds.some(id => dynamodb?.NewImage?.['aggregateId']?.S?.endsWith(id)));
  };

  const create = async (trainerId: string) => {
    const payload = { name: trainerId.toUpperCase() };
    await trainers.pushEvent({ aggregateId: trainerId, version: 1, type: 'TRAINER_CREATED', payload });
  };
  const catchPokemon = async (aggregateId: string, trainerId: string, version = 1) => {
    await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_CAUGHT', payload: { trainerId } });
  };
  const trade = async (aggregateId: string, version: number, from: string, to: string) => {
    await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_TRADED', payload: { from, to } });
  };

  const rename = async (aggregateId: string, version: number) => {
    await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: 'Pika', metadata: 1 });
  };

  return { tableName, initialView, apply, newView, recordsOf, create, catchPokemon, trade, rename };
};
