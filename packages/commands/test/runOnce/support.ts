import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Command, tuple } from '@castore/core';
import { deleteEventTable, type EventTableLayout } from '@castore-dynamodb/adapter';
import { createProjectionTable } from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import type { EventTablesOptions } from '@castore-dynamodb/testing/eventTables';

import { runOnce } from '../../src/index.js';
import { describeOnEveryTable, newAggregateId, type Pokemons, type TestTable } from '../support.js';

export interface LevelUpInput {
  aggregateId: string;
  /** What is the same for each repetition. */
  requestId: string;
  levels?: number;
}

export interface LevelUpResult {
  level: number;
  version: number;
  timestamp: string;
}

/** Levels a Pokemon up, and tells what came of it. `onRun` is called at the beginning of each run of the handler. */
export const levelUpCommand = (pokemons: Pokemons, onRun: (input: LevelUpInput) => unknown = () => {}, retries = 2) =>
  new Command({
    commandId: 'LEVEL_UP',
    requiredEventStores: tuple(pokemons),
    eventAlreadyExistsRetries: retries,
    handler: async (input: LevelUpInput, [store]): Promise<LevelUpResult> => {
      await onRun(input);
      const { aggregateId, levels = 1, requestId } = input;
      const { aggregate } = await store.getAggregate(aggregateId);
      const version = (aggregate?.version ?? 0) + 1;
      const { event, nextAggregate } = await store.pushEvent(
        { aggregateId, version, type: 'POKEMON_LEVELED_UP', payload: { by: levels, source: requestId } },
        aggregate === undefined ? {} : { prevAggregate: aggregate },
      );
      return { level: nextAggregate?.level ?? 0, version: event.version, timestamp: event.timestamp };
    },
  });

export interface OnceTable extends TestTable {
  resultTable: string;
  /** `runOnce` with the request's id as its key. */
  once: <COMMAND extends Command>(command: COMMAND, client?: DynamoDBClient) => COMMAND;
  /** A command of any handler, which acts once. */
  commandOf: <OUTPUT>(
    handler: (store: Pokemons, input: LevelUpInput) => Promise<OUTPUT>,
    retries?: number,
  ) => Command<string, [Pokemons], [Pokemons], LevelUpInput, OUTPUT>;
  /** The levels of each event that has some; the type of any other event. */
  levelsOf: (aggregateId: string) => Promise<unknown[]>;
}

export const describeWithResults = (
  name: string,
  tests: (context: OnceTable) => void,
  layouts?: readonly EventTableLayout[],
  engines?: EventTablesOptions<string>['engines'],
): void =>
  describeOnEveryTable(
    name,
    context => {
      const { pokemons, dynamoDbClient } = context;
      const resultTable = uniqueTableName('results');
      beforeAll(() => createProjectionTable(dynamoDbClient, { tableName: resultTable }));
      afterAll(() => deleteEventTable(dynamoDbClient, { tableName: resultTable }));
      beforeEach(() => void context.requests.splice(0));

      const once: OnceTable['once'] = (command, client = dynamoDbClient) =>
        runOnce({
          command,
          tableName: resultTable,
          dynamoDbClient: client,
          key: input => (input as LevelUpInput).requestId,
          days: 7,
        });

      tests({
        ...context,
        resultTable,
        once,
        commandOf: (handler, retries = 2) =>
          once(
            new Command({
              commandId: 'ANY',
              requiredEventStores: tuple(pokemons),
              eventAlreadyExistsRetries: retries,
              handler: async (input: LevelUpInput, [store]) => handler(store, input),
            }),
          ),
        levelsOf: async aggregateId => {
          const { events } = await pokemons.getEvents(aggregateId);
          return events.map(event => (event.type === 'POKEMON_LEVELED_UP' ? event.payload.by : event.type));
        },
      });
    },
    layouts,
    engines,
  );

let lastRequest = 0;
export const newRequestId = (): string => `request-${++lastRequest}`;

export const newInput = (rest: Partial<LevelUpInput> = {}): LevelUpInput => ({
  aggregateId: newAggregateId(),
  requestId: newRequestId(),
  ...rest,
});

/** What several must have come by before any of them goes on. */
export const barrier = (count: number): (() => Promise<void>) => {
  let open = (): void => {};
  const opened = new Promise<void>(resolve => {
    open = resolve;
  });
  let arrived = 0;
  return () => {
    if (++arrived >= count) open();
    return opened;
  };
};
