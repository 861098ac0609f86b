import type { ContenderName } from '../contenders/contender.js';
import type { EventSize } from '../data/events.js';

/** Where a contender's requests go: to prepared responses, within its own process or over HTTP, or to a real engine. */
export type Source =
  | { kind: 'stub'; responses: string; latencyMs: number }
  | { kind: 'engine' | 'http'; endpoint: string; tableName: string };

/** What a worker process does again and again. */
export interface Task {
  contender: ContenderName;
  operation: 'read' | 'push' | 'load' | 'project';
  aggregateId: string;
  events: number;
  eventSize: EventSize;
  source: Source;
  cacheMiddleware: boolean;
  /** Whether requests and capacity units are counted, which makes requests larger. */
  counts: boolean;
}

export type Order =
  | { kind: 'prepare'; task: Task }
  /** Runs once, and tells what came out: contenders that read the same must read it equal. */
  | { kind: 'check' }
  | { kind: 'run'; times: number };

export interface Measurement {
  /** Of one run, on average. */
  cpuMicroseconds: number;
  wallMilliseconds: number;
  /** Until the first event could be used. */
  firstEventMilliseconds: number;
  eventsPerSecond: number;
  /** Of one run, if they are counted. */
  requests: number;
  capacityUnits: number;
  /** The most memory that the process had since it was ready, beyond what it had then. */
  peakMemoryBytes: number;
}

export type Reply = { kind: 'prepared' } | { kind: 'checked'; digest: string } | ({ kind: 'ran' } & Measurement);
