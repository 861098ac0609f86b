import type { Cost, Sizes } from './formulas.js';
import * as formulas from './formulas.js';

/** Of the benchmark's short events, in layout `single-table`, with a UUID as the aggregate's id. */
const SIZES: Sizes = { event: 300, entry: 118, eventsEach: 5 };
const EVENTS_A_GROUP = 10;
const STATE = 4 * 1024;
const LISTED = 100;

const COUNTS = [3, 4, 5, 6, 7, 8, 9].map(exponent => 10 ** exponent);

/** An assumption: within a region, DynamoDB answers in single-digit milliseconds. */
const ROUND_TRIP_SECONDS = 0.005;

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html */
const PARTITION_READ_UNITS = 3_000;
const PARTITION_WRITE_UNITS = 1_000;
/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.Partitions.html */
const PARTITION_BYTES = 10 * 1024 ** 3;

interface Growth {
  title: string;
  /** What is counted in the first column. */
  of: 'events' | 'aggregates';
  cost: (sizes: Sizes, count: number) => Cost;
  /** Requests under way at the same time. */
  parallel: number;
  /** Whether all that is read has one partition key. */
  isOneKey: boolean;
  /** CPU for each of what is counted, as RESULTS.md has it. */
  cpuMicroseconds: number;
  memory: (count: number) => string;
  remark: string;
}

const bytes = (count: number): string => {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(count) / 10));
  return `${Number((count / 1024 ** power).toPrecision(2))} ${units[power]}`;
};

const flat = (text: string) => () => text;

const GROWTHS: readonly Growth[] = [
  {
    title: '`getEvents` of one aggregate',
    of: 'events',
    cost: formulas.getEvents,
    parallel: 1,
    isOneKey: true,
    cpuMicroseconds: 3.3,
    memory: events => bytes(events * 1_300),
    remark:
      '`streamEvents` costs the same, and has two pages in memory at most: a heap of 32 MB does for 100,000 events. Beyond some hundred events, load from snapshots or from memory.',
  },
  {
    title: '`getAggregate` with `at`, of an instant at the beginning of one aggregate',
    of: 'events',
    cost: formulas.loadOfInstant,
    parallel: 1,
    isOneKey: true,
    cpuMicroseconds: 0,
    memory: flat('what is loaded'),
    remark: 'These are the most; an instant near to the end costs less. The events up to the instant come in addition.',
  },
  {
    title: '`listAggregateIds` without a limit, to its last page',
    of: 'aggregates',
    cost: formulas.listAll,
    parallel: 1,
    isOneKey: true,
    cpuMicroseconds: 1.8,
    memory: aggregates => bytes(Math.min(aggregates, formulas.PAGE / SIZES.entry) * 200),
    remark:
      'Memory is that of a page, which is what a request brings. `initialEventShards` adds a request for each shard and page, and a page then has up to 50,000 ids (9.5 MB).',
  },
  {
    title: '`readAllEvents`, at least',
    of: 'aggregates',
    cost: formulas.readMerged,
    parallel: 16,
    isOneKey: false,
    cpuMicroseconds: 1_500,
    memory: flat('its buffer, and the ids of open aggregates'),
    remark:
      'Aggregates that are open at the same time share a buffer of 10,000 events: of 4,000 with five events, each took three requests. Its first event comes at once. Beyond some thousand aggregates, use `sortOnDisk` or `replayEvents`.',
  },
  {
    title: '`readAllEvents` with `sortOnDisk`',
    of: 'aggregates',
    cost: formulas.scan,
    parallel: 4,
    isOneKey: false,
    cpuMicroseconds: 215,
    memory: flat('flat'),
    remark: 'It needs disk space for the items. Its first event comes after the last item was read.',
  },
  {
    title: '`snapshots.build`, if all aggregates are too short for a snapshot',
    of: 'aggregates',
    cost: formulas.buildOfShort,
    parallel: 25,
    isOneKey: false,
    cpuMicroseconds: 715,
    memory: flat('flat'),
    remark: 'For each aggregate that is not, a load without a snapshot and the write of one come in addition.',
  },
  {
    title: '`snapshots.build` with `scan`, of the same',
    of: 'aggregates',
    cost: formulas.scan,
    parallel: 4,
    isOneKey: false,
    cpuMicroseconds: 38,
    memory: flat('flat'),
    remark:
      'Cheaper than without if an aggregate has less than 4 KB of events on average. The aggregate at the end of each page is loaded, too.',
  },
  {
    title: '`replayEvents` to a `projection`',
    of: 'aggregates',
    cost: formulas.replayToHandler,
    parallel: 10,
    isOneKey: false,
    cpuMicroseconds: 530,
    memory: flat('flat'),
    remark: 'Handlers come in addition. More `segments` and processes make it faster, at the same cost.',
  },
  {
    title: '`replayEvents` to one view of all, in a `dynamoDbProjection`',
    of: 'aggregates',
    cost: formulas.replayToOneView,
    parallel: 4,
    isOneKey: false,
    cpuMicroseconds: 220,
    memory: flat('flat'),
    remark: 'The writes are those of the positions, one for each aggregate, in transactions with the view.',
  },
];

const FLAT: readonly [operation: string, cost: Cost][] = [
  ['`pushEvent`', formulas.push(SIZES)],
  ["`pushEvent` of an aggregate's first event", formulas.pushFirst(SIZES)],
  [`\`pushEventGroup\` of ${EVENTS_A_GROUP} events`, formulas.pushGroup(SIZES, EVENTS_A_GROUP)],
  ['`getAggregate` from memory (`cache`), if nothing is new', formulas.loadFromMemory(SIZES)],
  ['`getAggregate` with a snapshot at each push, of a state of 4 KB', formulas.loadFromSnapshot(SIZES, STATE)],
  [`\`listAggregateIds\`, a page of ${LISTED}`, formulas.listPage(SIZES, LISTED)],
];

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const number = (value: number): string => (value < 10_000 ? value.toLocaleString('en') : compact.format(value));

const duration = (seconds: number): string => {
  const units: [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  for (const [size, unit] of units)
    if (seconds >= 2 * size) return `${Number((seconds / size).toPrecision(2))} ${unit}`;
  return `${Number((seconds * 1000).toPrecision(2))} ms`;
};

/** The longest of what the requests take one after the other, the process's work, and DynamoDB's units a second. */
const secondsOf = ({ cost, parallel, isOneKey, cpuMicroseconds }: Growth, count: number): number => {
  const { requests, readUnits, writeUnits } = cost(SIZES, count);
  const stored = count * SIZES.eventsEach * SIZES.event;
  const partitions = isOneKey ? 1 : Math.max(1, Math.floor(stored / PARTITION_BYTES));
  return Math.max(
    (requests / Math.min(parallel, requests)) * ROUND_TRIP_SECONDS,
    (count * cpuMicroseconds) / 1e6,
    readUnits / (PARTITION_READ_UNITS * partitions),
    writeUnits / (PARTITION_WRITE_UNITS * partitions),
  );
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map(row => `| ${row.join(' | ')} |`)
    .join('\n');

const growthTable = (growth: Growth): string =>
  table(
    [growth.of, 'requests', 'read units', 'write units', 'time', 'memory'],
    COUNTS.map(count => {
      const { requests, readUnits, writeUnits } = growth.cost(SIZES, count);
      return [
        `10^${Math.round(Math.log10(count))}`,
        number(requests),
        number(readUnits),
        number(writeUnits),
        duration(secondsOf(growth, count)),
        growth.memory(count),
      ];
    }),
  );

/** The page as it lies in the repository. */
export const costsPage = (): string => `# How costs grow

What operations cost in requests, capacity units, time and memory, from a thousand to a thousand million events or
aggregates. Written by \`npm run costs\` from [formulas](bench/src/costs/formulas.ts);
[a test](test/costs.test.ts) holds these against what an engine counts, for up to 700 events in one aggregate and 105
aggregates. Nobody has run the larger numbers: they follow from the formulas.

- Events are of ${SIZES.event} B, in layout \`single-table\`, index entries of ${SIZES.entry} B, which is a UUID's; many aggregates have
  ${SIZES.eventsEach} events each. A read unit is 4 KB, read strongly consistent; a write unit is 1 KB; a page is 1 MB
  ([AWS](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html)).
- Units of pages are rounded up for each page, so there may be one more for each request. A few requests that do not grow
  are left out: checkpoints, descriptions of tables.
- **Time** is the longest of three: the requests one after the other, as far as they are not sent at the same time, at an
  assumed ${ROUND_TRIP_SECONDS * 1000} ms each; the CPU of one process, as [RESULTS](bench/RESULTS.md) has it for one machine; and what DynamoDB
  gives: 3,000 read and 1,000 write units a second for a partition
  ([AWS](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html)). A table is
  counted as a partition for each full 10 GB; DynamoDB often has more, and divides those that are hot. Quotas of your account
  and provisioned capacity come on top.
- **Memory** is beyond what a process has anyway.

## What does not grow

${table(
  ['operation', 'requests', 'read units', 'write units'],
  FLAT.map(([operation, { requests, readUnits, writeUnits }]) => [
    operation,
    number(requests),
    number(readUnits),
    number(writeUnits),
  ]),
)}

Not with the events of the aggregate, nor with the aggregates of the table. All events of an aggregate share a partition
key, so one aggregate takes at most 1,000 write units a second; so do the first events of an event store, whose entries
share an index key, unless there are \`initialEventShards\`.

${GROWTHS.map(growth => `## ${growth.title}\n\n${growthTable(growth)}\n\n${growth.remark}\n`).join('\n')}`;
