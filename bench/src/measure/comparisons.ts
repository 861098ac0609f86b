import type { EventSize } from '../data/events.js';
import type { Source, Task } from '../worker/protocol.js';
import type { Comparison } from './comparison.js';

/** Makes what a comparison reads: prepared responses, in memory or over HTTP, or events in an engine's table. */
export interface Sources {
  stub: (events: number, size: EventSize, latencyMs?: number) => Source;
  http: (events: number, size: EventSize) => Source;
  engine: (events: number, size: EventSize) => Source;
}

export const task = (
  source: Source,
  operation: Task['operation'],
  events: number,
  eventSize: EventSize = 300,
  { cacheMiddleware = false, counts = false } = {},
): Comparison['task'] => ({
  operation,
  aggregateId: aggregateIdOf(events, eventSize),
  events,
  eventSize,
  source,
  cacheMiddleware,
  counts,
});

export const aggregateIdOf = (events: number, size: EventSize): string => `pikachu-${events}-of-${size}`;

export const count = (events: number): string => (events === 1 ? '1 event' : `${events.toLocaleString('en')} events`);

/** What `getEvents` is to cost at most. */
const READS: [events: number, size: 300 | 2000, goal: number][] = [
  [1, 300, 1],
  [100, 300, 1],
  [1_000, 300, 0.5],
  [10_000, 300, 0.5],
  [1_000, 2000, 0.5],
  [10_000, 2000, 0.5],
];

/** The engine takes minutes for 20 MB, whoever asks. */
const ENGINE_READS = READS.filter(([events, size]) => events * size < 10_000_000);

/** What the engine's table has to hold. */
export const STORED_AGGREGATES = ENGINE_READS.map(([events, size]) => [events, size] as const);

const LONG_LOAD = {
  wallMilliseconds: 'the state of an aggregate with 10,000 events, time',
  requests: 'the same, requests',
  capacityUnits: 'the same, read units',
} as const;

export const comparisonsOf = ({ stub, engine }: Sources): Comparison[] => {
  const common = { sdk: 'today', metric: 'cpuMicroseconds', contenders: ['castore', 'ours'] } as const;
  const withoutNetwork = { ...common, section: 'CPU, without a network' };
  const withEngine = { ...common, section: 'CPU, with a real engine' };
  const withOldSdk = { ...common, section: 'CPU, with SDK 3.927', sdk: '3.927' as const };
  const time = { ...common, section: 'Time' };
  const peers = { ...common, section: 'Beside other models, with a real engine' };

  return [
    ...READS.map(([events, size, goal]) => ({
      ...withoutNetwork,
      title: `getEvents, ${count(events)} of ${size} B`,
      task: task(stub(events, size), 'read', events, size),
      contenders: ['castore', 'ours', 'jsonParse'] as const,
      goal,
    })),
    {
      ...withoutNetwork,
      title: 'the first getEvents of a process, 1,000 events of 300 B',
      task: task(stub(1_000, 300), 'read', 1_000),
      contenders: ['castore', 'ours', 'jsonParse'],
      cold: { rounds: 9 },
      goal: 0.5,
    },
    {
      ...withoutNetwork,
      title: 'the first getEvents of a process, 1 event of 300 B',
      task: task(stub(1, 300), 'read', 1),
      cold: { rounds: 9 },
    },
    {
      ...withoutNetwork,
      title: 'pushEvent',
      task: task(stub(1, 300), 'push', 1),
      contenders: ['castore', 'ours', 'emptyPut'],
      goal: 1,
    },
    {
      ...withoutNetwork,
      title: 'pushEvent, both clients with cacheMiddleware',
      task: task(stub(1, 300), 'push', 1, 300, { cacheMiddleware: true }),
      contenders: ['castore', 'ours', 'emptyPut'],
      goal: 1,
    },
    ...[false, true].map(cacheMiddleware => ({
      ...withoutNetwork,
      title: `pushEvent beside a PutItem of the same item${cacheMiddleware ? ', both clients with cacheMiddleware' : ''}`,
      task: task(stub(1, 300), 'push', 1, 300, { cacheMiddleware }),
      contenders: ['plainPut', 'ours', 'castore'] as const,
      goal: 1.1,
    })),
    {
      ...withOldSdk,
      title: 'getEvents, 1,000 events of 300 B',
      task: task(stub(1_000, 300), 'read', 1_000),
      goal: 0.35,
    },
    {
      ...withOldSdk,
      title: 'getEvents, 1,000 events of 2000 B',
      task: task(stub(1_000, 2000), 'read', 1_000, 2000),
      goal: 0.35,
    },
    ...ENGINE_READS.map(([events, size, goal]) => ({
      ...withEngine,
      title: `getEvents, ${count(events)} of ${size} B`,
      task: task(engine(events, size), 'read', events, size),
      goal,
    })),
    {
      ...withEngine,
      title: 'pushEvent',
      task: task(engine(1, 300), 'push', 1),
      goal: 1,
    },
    {
      ...time,
      title: 'getEvents, 10,000 events of 300 B, 20 ms a request',
      task: task(stub(10_000, 300, 20), 'read', 10_000),
      metric: 'wallMilliseconds',
      goal: 0.25,
    },
    {
      ...time,
      title: 'until the first of 100,000 events, in a fresh process',
      task: task(stub(100_000, 300), 'read', 100_000),
      contenders: ['castore', 'ours', 'oursStreaming'],
      metric: 'firstEventMilliseconds',
      cold: { rounds: 3 },
      judged: 'oursStreaming',
      goal: 0.02,
    },
    {
      ...peers,
      title: 'all events of an aggregate, 1,000 of 300 B',
      task: task(engine(1_000, 300), 'read', 1_000),
      contenders: ['castore', 'ours', 'equinox', 'eventStoreAdapterJs'],
    },
    {
      ...peers,
      title: 'the state of an aggregate with 1,000 events',
      task: task(engine(1_000, 300), 'load', 1_000),
      contenders: ['castore', 'ours', 'oursWithSnapshots', 'equinoxFromTip', 'eventStoreAdapterJs'],
    },
    ...(['wallMilliseconds', 'requests', 'capacityUnits'] as const).map(metric => ({
      ...peers,
      title: LONG_LOAD[metric],
      task: task(engine(10_000, 300), 'load', 10_000, 300, { counts: metric !== 'wallMilliseconds' }),
      contenders: [
        'castore',
        'ours',
        'oursWithSnapshots',
        'oursSnapshotEachPush',
        'oursCached',
        'equinoxFromTip',
      ] as const,
      metric,
      judged: 'oursWithSnapshots' as const,
      ...(metric === 'wallMilliseconds' ? {} : { cold: { rounds: 1 } }),
      ...(metric === 'capacityUnits' ? { goal: 0.02 } : {}),
    })),
    {
      ...peers,
      title: 'the state of an aggregate with 1,000 events that the process has loaded before',
      task: task(engine(1_000, 300), 'load', 1_000),
      contenders: ['equinoxFromTip', 'oursCached', 'oursSnapshotEachPush'],
      judged: 'oursCached',
      goal: 1,
      further: [{ title: 'the same, time', metric: 'wallMilliseconds', goal: 1 }],
    },
    {
      ...common,
      section: 'Projections in one process, with a real engine',
      title: 'batches of 100 events of 20 aggregates',
      task: task(engine(100, 300), 'project', 100),
      contenders: ['projection', 'dynamoDbProjection'],
      metric: 'eventsPerSecond',
    },
    {
      ...common,
      section: 'Projections in one process, with a real engine',
      title: 'from a push until its handler has the event, asking the stream every 100 ms',
      task: task(engine(1, 300), 'push', 1),
      contenders: ['poller'],
      metric: 'wallMilliseconds',
    },
    {
      ...peers,
      title: 'a push',
      task: task(engine(1, 300), 'push', 1),
      contenders: ['castore', 'ours', 'equinox', 'eventStoreAdapterJs'],
    },
  ];
};

/** For the pictures: how memory grows with the number of events. */
export const memoryComparisonsOf = ({ stub }: Sources): Comparison[] =>
  [1_000, 10_000, 100_000].map(events => ({
    section: 'Memory',
    title: `the most memory for ${count(events)} of 300 B`,
    task: task(stub(events, 300), 'read', events),
    contenders: ['castore', 'ours', 'oursStreaming'],
    sdk: 'today',
    metric: 'peakMemoryBytes',
    cold: { rounds: 1 },
  }));
