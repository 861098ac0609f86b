import { createHash } from 'node:crypto';

import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';

import type { Contender } from '../contenders/contender.js';
import { contenders } from '../contenders/index.js';
import { eventOf } from '../data/events.js';
import { readResponses } from '../data/responses.js';
import { answeringHandler } from './answeringHandler.js';
import { type Costs, count } from './count.js';
import type { Measurement, Order, Reply, Task } from './protocol.js';

/*
 * A process of its own for one contender with one task, so that nobody pays for the garbage and the compiled code of
 * others. It waits for orders, and idles while others are measured.
 */

type Operation = (onFirst: () => void) => Promise<unknown>;

interface Prepared {
  task: Task;
  run: Operation;
  memoryBytes: number;
  costs: Costs;
}

const clientConfig = ({ source, cacheMiddleware }: Task, responses: Map<number, Buffer>): DynamoDBClientConfig => ({
  region: 'us-east-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  cacheMiddleware,
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  ...(source.kind === 'stub'
    ? { requestHandler: answeringHandler(responses, source.latencyMs) as never }
    : { endpoint: source.endpoint }),
});

/** Each push is of another event, the version after the last one. */
const pushNext = (push: (event: EventDetail) => Promise<void>, { aggregateId, events, eventSize }: Task): Operation => {
  let version = events;
  return () => push(eventOf(aggregateId, ++version, eventSize));
};

const BATCH_AGGREGATES = 20;

/** Each batch goes on where the last one ended: the next versions of 20 aggregates. */
const projectNext = (
  project: (events: EventDetail[]) => Promise<void>,
  { aggregateId, events, eventSize }: Task,
): Operation => {
  const each = events / BATCH_AGGREGATES;
  let version = 0;
  return async () => {
    const batch = Array.from({ length: BATCH_AGGREGATES }, (_, aggregate) =>
      Array.from({ length: each }, (__, index) =>
        eventOf(`${aggregateId}-${aggregate}`, version + index + 1, eventSize),
      ),
    );
    version += each;
    await project(batch.flat());
  };
};

const operationOf = (contender: Contender, task: Task): Operation => {
  const { read, load, push, project } = contender;
  if (task.operation === 'read' && read) return onFirst => read(onFirst);
  if (task.operation === 'load' && load) return () => load();
  if (task.operation === 'push' && push) return pushNext(push, task);
  if (task.operation === 'project' && project) return projectNext(project, task);
  throw new Error(`${task.contender} cannot ${task.operation}.`);
};

const prepare = async (given: Task): Promise<Prepared> => {
  // No two processes write to one aggregate.
  const task = given.operation === 'push' ? { ...given, aggregateId: `${given.aggregateId}-${process.pid}` } : given;
  const { source, aggregateId, events, eventSize } = task;
  const responses = source.kind === 'stub' ? readResponses(source.responses) : new Map<number, Buffer>();
  const contender = contenders[task.contender]({
    config: clientConfig(task, responses),
    tableName: source.kind === 'stub' ? 'pokemons' : source.tableName,
    aggregateId,
    responses: [...responses.entries()].toSorted(([left], [right]) => left - right).map(([, response]) => response),
  });
  if (contender.seed) {
    await contender.seed(Array.from({ length: events }, (_, index) => eventOf(aggregateId, index + 1, eventSize)));
  }
  const costs: Costs = { requests: 0, capacityUnits: 0 };
  if (task.counts && contender.client) count(contender.client, costs);
  return { task, run: operationOf(contender, task), memoryBytes: process.memoryUsage().rss, costs };
};

const measure = async ({ task, run, memoryBytes, costs }: Prepared, times: number): Promise<Measurement> => {
  let firstEventMilliseconds = 0;
  const costsBefore = { ...costs };
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  for (let time = 0; time < times; time++) {
    await run(() => (firstEventMilliseconds = performance.now() - before));
  }
  const wallMilliseconds = performance.now() - before;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    cpuMicroseconds: (user + system) / times,
    wallMilliseconds: wallMilliseconds / times,
    firstEventMilliseconds,
    eventsPerSecond: (task.events * times * 1000) / wallMilliseconds,
    requests: (costs.requests - costsBefore.requests) / times,
    capacityUnits: (costs.capacityUnits - costsBefore.capacityUnits) / times,
    peakMemoryBytes: Math.max(0, process.resourceUsage().maxRSS * 1024 - memoryBytes),
  };
};

/** The same for equal values, whatever the order of members. */
const digestOf = (value: unknown): string => {
  const json: string = JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
  return createHash('sha256').update(json).digest('hex');
};

let prepared: Prepared | undefined;

const obey = async (order: Order): Promise<Reply> => {
  if (order.kind === 'prepare') {
    prepared = await prepare(order.task);
    return { kind: 'prepared' };
  }
  if (prepared === undefined) throw new Error('Nothing was prepared.');
  if (order.kind === 'check') return { kind: 'checked', digest: digestOf(await prepared.run(() => {})) };
  return { kind: 'ran', ...(await measure(prepared, order.times)) };
};

process.on('message', (order: Order) => {
  void obey(order).then(
    reply => process.send?.(reply),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// Ends with the process that started it.
process.on('disconnect', () => process.exit());
