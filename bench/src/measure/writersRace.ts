import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { Command, type EventDetail, EventStore, EventType, tuple } from '@castore/core';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { appendEvents, retryOnConflict } from '@castore-dynamodb/commands';

import { formatSpread, formatValue } from '../report/format.js';
import type { Row } from '../report/rows.js';
import { ratiosOf, spreadOf } from './statistics.js';

const WRITERS = 20;
const ROUNDS = 15;
const TABLE = 'writers';

interface Outcome {
  done: number;
  attempts: number;
  milliseconds: number;
}

const counted = new EventType<'COUNTED'>({ type: 'COUNTED' });
const reducer = (_: unknown, { aggregateId, version }: EventDetail) => ({ aggregateId, version });

const newCounters = (dynamoDbClient: DynamoDBClient) =>
  new EventStore({
    eventStoreId: 'COUNTERS',
    eventTypes: [counted],
    reducer,
    eventStorageAdapter: new DynamoDbSingleTableEventStorageAdapter({ tableName: TABLE, dynamoDbClient }),
  });

type Counters = ReturnType<typeof newCounters>;
type Writer = (counters: Counters, aggregateId: string, onAttempt: () => void) => Promise<unknown>;

const byCommand =
  (options: Partial<ReturnType<typeof retryOnConflict>>): Writer =>
  (counters, aggregateId, onAttempt) =>
    new Command({
      commandId: 'COUNT',
      requiredEventStores: tuple(counters),
      ...options,
      handler: async (_: undefined, [store]) => {
        onAttempt();
        const { aggregate } = await store.getAggregate(aggregateId);
        await store.pushEvent({ aggregateId, version: (aggregate?.version ?? 0) + 1, type: 'COUNTED' });
      },
    }).handler(undefined, [counters]);

const WRITERS_BY_NAME: Record<string, Writer> = {
  "Castore's Command": byCommand({}),
  'Command with retryOnConflict': byCommand(retryOnConflict()),
  appendEvents: (counters, aggregateId) => appendEvents(counters, aggregateId, [{ type: 'COUNTED' }]),
};

const race = async (clients: readonly DynamoDBClient[], write: Writer, aggregateId: string): Promise<Outcome> => {
  let attempts = 0;
  const started = performance.now();
  const writes = clients.map(client => write(newCounters(client), aggregateId, () => attempts++));
  const results = await Promise.allSettled(writes);
  const milliseconds = performance.now() - started;
  return { done: results.filter(({ status }) => status === 'fulfilled').length, attempts, milliseconds };
};

/** What 20 writers on one aggregate at once come to, each with a client of its own; the ways to write take turns. */
export const raceWriters = async (config: DynamoDBClientConfig): Promise<Row[]> => {
  const clients = Array.from({ length: WRITERS }, () => new DynamoDBClient(config));
  await createEventTable(clients[0] as DynamoDBClient, { tableName: TABLE, layout: 'single-table' });
  const outcomes = new Map<string, Outcome[]>(Object.keys(WRITERS_BY_NAME).map(name => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, write] of Object.entries(WRITERS_BY_NAME)) {
      outcomes.get(name)?.push(await race(clients, write, `${name}-${round}`));
    }
  }
  for (const client of clients) client.destroy();
  return [
    ...rowsOf(outcomes, `writes that came through, of ${WRITERS}`, ({ done }) => done, String),
    ...rowsOf(outcomes, 'attempts of all commands', ({ attempts }) => attempts, String, ['appendEvents']),
    ...rowsOf(
      outcomes,
      'until all have ended',
      ({ milliseconds }) => milliseconds,
      value => formatValue('wallMilliseconds', value),
    ),
  ];
};

const rowsOf = (
  outcomes: ReadonlyMap<string, readonly Outcome[]>,
  title: string,
  valueOf: (outcome: Outcome) => number,
  format: (value: number) => string,
  leftOut: readonly string[] = [],
): Row[] => {
  const columns = [...outcomes].filter(([name]) => !leftOut.includes(name));
  const baseline = columns[0]?.[1].map(valueOf) ?? [];
  return columns.map(([contender, results], index) => {
    const values = results.map(valueOf);
    return {
      section: `${WRITERS} writers on one aggregate at once, with a real engine`,
      title,
      contender,
      value: format(spreadOf(values).median),
      ratio: index === 0 ? '1' : formatSpread(ratiosOf(values, baseline)),
      goal: '',
      isMet: undefined,
    };
  });
};
