import type { EventDetail } from '@castore/core';

import {
  type CheckpointStore,
  DynamoDbCheckpointStore,
  type Projection,
  projection,
  type StreamRecord,
} from '../../src/index.js';
import type { StreamsContext } from './describeOnEveryLayout.js';
import { useProjectionTable } from './projectionTable.js';
import { lambdaRecords } from './streams.js';

const newName = (() => {
  let count = 0;
  return () => `log-${++count}`;
})();

/** Projections that note what they handle, with checkpoints in a table that is there while the tests of the block run. */
export const useLogs = (context: StreamsContext) => {
  const { pokemons, trainers, tableNames, dynamoDbClient, streamsClient, requests } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });

  /** Pushes versions `from` to `to` of an aggregate, and returns their records in the table's stream. */
  const push = async (aggregateId: string, to: number, from = 1): Promise<StreamRecord[]> => {
    for (let version = from; version <= to; version++) {
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: { version } });
    }
    const records = await lambdaRecords(dynamoDbClient, streamsClient, tableNames.pokemons);
    requests.splice(0);
    return records.filter(
      ({ dynamodb }) =>
        dynamodb?.NewImage?.['aggregateId']?.S?.endsWith(aggregateId) === true &&
        Number(dynamodb.NewImage['version']?.N) >= from,
    );
  };

  const sequenceNumbers = (records: StreamRecord[]) =>
    records.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber }));

  interface Log extends Projection {
    handled: string[];
    events: EventDetail[];
  }

  /** A projection that notes what it handles, and throws when it is told to. */
  const newLog = ({
    name = newName(),
    store = checkpoints,
    failing = () => false,
  }: {
    name?: string;
    store?: CheckpointStore;
    failing?: (event: EventDetail) => boolean;
  } = {}): Log => {
    const handled: string[] = [];
    const events: EventDetail[] = [];
    const handle = (event: EventDetail): void => {
      if (failing(event)) throw new RangeError(`no ${event.aggregateId}`);
      handled.push(`${event.aggregateId} ${event.version}`);
      events.push(event);
    };
    const log = projection({
      name,
      eventStores: [pokemons, trainers],
      checkpoints: store,
      on: { POKEMON_NAMED: handle, TRAINER_CREATED: handle },
    });
    return { ...log, handled, events };
  };

  const versions = (aggregateId: string, ...all: number[]) => all.map(version => `${aggregateId} ${version}`);
  return { tableName, push, sequenceNumbers, newLog, newName, versions };
};
