import { UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { EventDetail } from '@castore/core';

import {
  DynamoDbCheckpointStore,
  type Projection,
  projection,
  StreamPoller,
  type StreamPollerOptions,
} from '../../src/index.js';
import type { StreamsContext } from './describeOnEveryLayout.js';
import { useProjectionTable } from './projectionTable.js';

export const newName = (() => {
  let count = 0;
  return () => `poller-${++count}`;
})();

/** Lets requests of a client be noted, or fail. */
export const intercept = (client: DynamoDBStreamsClient, onRequest: (commandName: string) => void): void =>
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async args => {
        onRequest(commandName);
        return next(args);
      },
    { step: 'initialize' },
  );

/** Pollers, which are stopped after each test, and what to give them. */
export const usePollers = ({ pokemons, trainers, tableNames, dynamoDbClient, streamsClient }: StreamsContext) => {
  const tableName = useProjectionTable(dynamoDbClient);
  const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });
  const pollers: StreamPoller[] = [];
  afterEach(() => Promise.all(pollers.splice(0).map(poller => poller.stop())));

  const newPoller = (options: Partial<StreamPollerOptions> = {}): StreamPoller => {
    const poller = new StreamPoller({
      name: newName(),
      projections: [newLog()],
      checkpoints,
      dynamoDbStreamsClient: streamsClient,
      pollIntervalMs: 20,
      lockTimeoutMs: 10_000,
      onError: () => {},
      ...options,
    });
    pollers.push(poller);
    return poller;
  };

  const newLog = (handle: (event: EventDetail) => void = () => {}) => {
    const events: EventDetail[] = [];
    const on = (event: EventDetail): void => {
      handle(event);
      events.push(event);
    };
    const log: Projection = projection({
      name: newName(),
      eventStores: [pokemons, trainers],
      checkpoints,
      on: { POKEMON_NAMED: on, TRAINER_CREATED: on },
    });
    return Object.assign(log, {
      of: (aggregateId: string) => events.filter(event => event.aggregateId === aggregateId),
      versionsOf: (aggregateId: string) =>
        events.filter(event => event.aggregateId === aggregateId).map(({ version }) => version),
    });
  };

  const switchStream = async (isOn: boolean): Promise<void> => {
    await dynamoDbClient.send(
      new UpdateTableCommand({
        TableName: tableNames.pokemons,
        StreamSpecification: isOn ? { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } : { StreamEnabled: false },
      }),
    );
  };

  const push = async (aggregateId: string, ...versions: number[]): Promise<void> => {
    for (const version of versions) {
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: 'Pika', metadata: version });
    }
  };

  return { pollers, checkpoints, newPoller, newLog, push, switchStream };
};
