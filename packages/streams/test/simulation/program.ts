import * as fc from 'fast-check';

import type { SavePositionAfter } from '../../src/index.js';
import type { CrashPlan } from '../support/crash.js';
import type { Fate } from './simulatedStream.js';

export const AGGREGATES = 4;
export const TRAINERS = 3;

/** One event of a write, before it has an aggregate's next version. */
export interface EventSpec {
  aggregate: number;
  /** 0 is an event without a handler, 1 touches one view, 2 touches two. */
  kind: 0 | 1 | 2;
  trainers: [number, number];
  /** Throws in the handler until it is repaired. */
  isPoison: boolean;
  /** Its image has a value that cannot be read. */
  isDamaged: boolean;
  fate: Fate;
}

export type Step =
  /** A push of one event, or a group. */
  | { write: EventSpec[] }
  /** An invocation for each shard, in a process that dies when it is told to. */
  | { deliver: { batchSize: number; goBack: number; crash: CrashPlan | undefined } }
  | { split: true };

export const rarely = <VALUE>(value: VALUE, otherwise: VALUE, weight: number): fc.Arbitrary<VALUE> =>
  fc.oneof({ weight, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: fc.constant(value) });

export const events: fc.Arbitrary<EventSpec> = fc.record({
  aggregate: fc.nat(AGGREGATES - 1),
  kind: fc.constantFrom(0, 1, 1, 1, 2),
  trainers: fc.tuple(fc.nat(TRAINERS - 1), fc.nat(TRAINERS - 1)),
  isPoison: rarely(true, false, 12),
  isDamaged: rarely(true, false, 8),
  fate: fc.record({ delay: fc.oneof(fc.constant(0), fc.nat(6)), isMissing: rarely(true, false, 5) }),
});

export const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ write: fc.array(events, { minLength: 1, maxLength: 4 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      deliver: fc.record({
        batchSize: fc.integer({ min: 1, max: 6 }),
        goBack: rarely(3, 0, 2),
        crash: fc.option(fc.record({ request: fc.integer({ min: 1, max: 8 }), isSent: fc.boolean() }), {
          nil: undefined,
        }),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ split: true }) },
);

/** `trainers`: views that several aggregates feed. `own`: a view for each aggregate. */
export type ViewKind = 'trainers' | 'own';

export interface Program {
  shards: number;
  /** Whether the records of one aggregate may be in different shards. */
  isByItem: boolean;
  savePositionAfter: SavePositionAfter;
  viewKind: ViewKind;
  steps: Step[];
}

export const programs: fc.Arbitrary<Program> = fc.record({
  shards: fc.integer({ min: 1, max: 3 }),
  isByItem: fc.boolean(),
  savePositionAfter: fc.constantFrom('event', 'batch'),
  viewKind: fc.constantFrom('trainers', 'own'),
  steps: fc.array(steps, { minLength: 5, maxLength: 40, size: 'max' }),
});
