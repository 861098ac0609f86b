import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createEventTable } from '@castore-dynamodb/adapter';

import { bundleProgram, runProgram, runProgramWithin } from '../programs/program.js';
import { formatValue } from '../report/format.js';
import type { Row } from '../report/rows.js';
import { eventsOf, store } from './prepareSources.js';

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

/**
 * For objects that live long, in MB: enough for the work on one page in each segment, however many events there are.
 * Otherwise, Node lets garbage lie.
 */
const HEAP_MB = 64;

type Way = readonly [way: string, contender: string, heapMb?: number];

const REPLAYS: readonly Way[] = [
  ['batch-replay', 'replayEvents to a projection'],
  ['views-replay', 'replayEvents to a dynamoDbProjection'],
  ['own-replay', "replayEvents to a dynamoDbProjection, key: 'aggregateId'"],
  ['sortOnDisk', 'readAllEvents, sortOnDisk'],
];
const BY_AGGREGATE: Way = ['readAllEvents', 'readAllEvents'];
/** Of tables with many snapshots to build, each builds its own. */
const BUILDS: readonly Way[] = [
  ['build', 'snapshots.build'],
  ['build-scan', 'snapshots.build, scan'],
];

/**
 * Of events of 300 B, so many for each aggregate; all aggregates are open at the same time. Asking for each of 20,000
 * aggregates several times takes minutes.
 */
const TABLES = [
  { aggregates: 4_000, each: 5, ways: [...REPLAYS, [...BY_AGGREGATE, 2 * HEAP_MB] as const, ...BUILDS] },
  { aggregates: 20_000, each: 5, ways: REPLAYS },
  { aggregates: 400, each: 50, ways: [BY_AGGREGATE] },
  { aggregates: 400, each: 250, ways: [BY_AGGREGATE] },
];

/** What projections cost, in batches of records and in replays, the reading of all events, and all snapshots. */
export const measureStreams = async (benchFolder: string, endpoint: string, client: DynamoDBClient): Promise<Row[]> => {
  const program = await bundleProgram(benchFolder, 'projecting');
  const rows: Row[] = [];
  const add = (row: Pick<Row, 'section' | 'title' | 'contender'>, measured: Measured): void => {
    rows.push({ ...row, value: describe(measured), ratio: '', goal: '', isMet: undefined });
  };
  for (const [size, aggregates] of BATCHES) {
    for (const [way, contender] of PROJECTIONS) {
      const title = `batches of ${size.toLocaleString('en')} events of ${aggregates} aggregates`;
      const measured = await runProgram<Measured>(program, endpoint, 'bench', way, size, aggregates);
      add({ section: 'Projections, with a real engine', title, contender }, measured);
    }
  }
  for (const { aggregates, each, ways } of TABLES) {
    const tableName = `bench-${aggregates}-of-${each}`;
    await createEventTable(client, { tableName, layout: 'single-table' });
    const ids = Array.from({ length: aggregates }, (_, index) => `pikachu-${index}`);
    await store(client, tableName, eventsOf(ids, each, 300));
    for (const [way, contender, heapMb = HEAP_MB] of ways) {
      const title = `${(aggregates * each).toLocaleString('en')} events of ${aggregates.toLocaleString('en')} aggregates`;
      const size = BUILDS.some(([build]) => build === way) ? [aggregates * each] : [];
      const measured = await runProgramWithin<Measured>(heapMb, program, endpoint, tableName, way, ...size);
      add({ section: 'Whole tables, with a real engine', title, contender }, measured);
    }
  }
  for (const events of [20_000, 100_000]) {
    const tableName = `bench-build-${events}`;
    await createEventTable(client, { tableName, layout: 'single-table' });
    for (const length of [2, 200]) {
      const ids = Array.from({ length: events / 2 / length }, (_, index) => `of-${length}-${index}`);
      await store(client, tableName, eventsOf(ids, length, 300));
    }
    for (const [way, contender] of BUILDS) {
      const title = `${events.toLocaleString('en')} events, half in aggregates of 2, half in aggregates of 200`;
      const measured = await runProgramWithin<Measured>(HEAP_MB, program, endpoint, tableName, way, events);
      add({ section: 'Snapshots of all aggregates, with a real engine', title, contender }, measured);
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
