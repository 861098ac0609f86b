import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createEventTable } from '@castore-dynamodb/adapter';

import { eventOf } from '../data/events.js';
import { toItem } from '../data/items.js';
import { bundleProgram, runProgram } from '../programs/program.js';
import { formatValue } from '../report/format.js';
import type { Row } from '../report/rows.js';

/** Of one event, but for the rate and the memory. */
interface Measured {
  eventsPerSecond: number;
  cpuMicroseconds: number;
  requests: number;
  capacityUnits: number;
  peakMemoryBytes: number;
}

const PROJECTIONS = [
  ['event', 'projection, a position for each event'],
  ['batch', 'projection, a position for each aggregate and batch'],
  ['views', 'dynamoDbProjection'],
  ['own', "dynamoDbProjection, key: 'aggregateId'"],
] as const;

const BATCHES = [100, 1_000].flatMap(size => [1, 20, 500].map(aggregates => [size, aggregates] as const));

/** Of events of 300 B, five for each aggregate, which are all open at the same time. */
const TABLES = [4_000, 20_000];
const EVENTS_EACH = 5;
/** Asking for each of 20,000 aggregates several times takes minutes. */
const MOST_BY_AGGREGATE = 4_000;

const WHOLE_TABLE = [
  ['batch-replay', 'replayEvents to a projection'],
  ['views-replay', 'replayEvents to a dynamoDbProjection'],
  ['own-replay', "replayEvents to a dynamoDbProjection, key: 'aggregateId'"],
  ['readAllEvents', 'readAllEvents'],
  ['sortOnDisk', 'readAllEvents, sortOnDisk'],
] as const;

/** What projections cost, in batches of records and in replays, and the reading of all events. */
export const measureStreams = async (benchFolder: string, endpoint: string, client: DynamoDBClient): Promise<Row[]> => {
  const program = await bundleProgram(benchFolder, 'projecting');
  const rows: Row[] = [];
  const measure = async (row: Pick<Row, 'section' | 'title' | 'contender'>, ...args: (string | number)[]) => {
    const measured = await runProgram<Measured>(program, endpoint, ...args);
    rows.push({ ...row, value: describe(measured), ratio: '', goal: '', isMet: undefined });
  };
  for (const [size, aggregates] of BATCHES) {
    for (const [way, contender] of PROJECTIONS) {
      const title = `batches of ${size.toLocaleString('en')} events of ${aggregates} aggregates`;
      await measure({ section: 'Projections, with a real engine', title, contender }, 'bench', way, size, aggregates);
    }
  }
  for (const aggregates of TABLES) {
    const tableName = `bench-${aggregates}`;
    await fill(client, tableName, aggregates);
    for (const [way, contender] of WHOLE_TABLE) {
      if (way === 'readAllEvents' && aggregates > MOST_BY_AGGREGATE) continue;
      const title = `${(aggregates * EVENTS_EACH).toLocaleString('en')} events of ${aggregates.toLocaleString('en')} aggregates`;
      await measure({ section: 'Whole tables, with a real engine', title, contender }, tableName, way);
    }
  }
  return rows;
};

const describe = (measured: Measured): string =>
  [
    formatValue('eventsPerSecond', measured.eventsPerSecond),
    `an event ${formatValue('cpuMicroseconds', measured.cpuMicroseconds)} of CPU`,
    `${Number(measured.requests.toPrecision(3))} requests`,
    `${Number(measured.capacityUnits.toPrecision(3))} units`,
    formatValue('peakMemoryBytes', measured.peakMemoryBytes),
  ].join(', ');

const fill = async (client: DynamoDBClient, tableName: string, aggregates: number): Promise<void> => {
  await createEventTable(client, { tableName, layout: 'single-table' });
  let aggregate = 0;
  const write = async (): Promise<void> => {
    while (aggregate < aggregates) {
      const ids = Array.from({ length: EVENTS_EACH }, () => `pikachu-${aggregate++}`);
      const requests = ids.flatMap(id =>
        Array.from({ length: EVENTS_EACH }, (_, index) => ({
          PutRequest: { Item: toItem(eventOf(id, index + 1, 300)) },
        })),
      );
      await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, write));
};
