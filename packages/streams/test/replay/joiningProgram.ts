import * as fc from 'fast-check';

import type { SavePositionAfter } from '../../src/index.js';
import { type EventSpec, events, rarely, type Step, steps, type ViewKind } from '../simulation/program.js';
import type { CrashPlan } from '../support/crash.js';

/** A replay that begins, or goes on where it was interrupted, while what follows happens. */
export interface ReplayStep {
  replay: {
    segments: number;
    /** Items that it reads at a time, so that even small tables have several pages. */
    pageSize: number;
    /** Steps that it runs beside. */
    during: number;
    crash: CrashPlan | undefined;
  };
}

/** A projection that joins a stream late. */
export interface JoiningProgram {
  shards: number;
  isByItem: boolean;
  savePositionAfter: SavePositionAfter | undefined;
  viewKind: ViewKind;
  /** Written long before: the stream has none of it. */
  before: EventSpec[][];
  steps: (Step | ReplayStep)[];
}

const replays: fc.Arbitrary<ReplayStep> = fc.record({
  replay: fc.record({
    segments: fc.integer({ min: 1, max: 4 }),
    pageSize: fc.integer({ min: 1, max: 8 }),
    during: fc.nat(6),
    crash: fc.option(fc.record({ request: fc.integer({ min: 1, max: 40 }), isSent: fc.boolean() }), {
      nil: undefined,
    }),
  }),
});

/** A stream loses nothing of what is written while it is read. */
const kept = (event: EventSpec): EventSpec => ({ ...event, fate: { ...event.fate, isMissing: false } });

const joiningSteps: fc.Arbitrary<Step | ReplayStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: steps.map(step => ('write' in step ? { write: step.write.map(kept) } : step)),
  },
  { weight: 1, arbitrary: replays },
);

export const joiningPrograms: fc.Arbitrary<JoiningProgram> = fc.record({
  shards: fc.integer({ min: 1, max: 3 }),
  isByItem: rarely(true, false, 1),
  savePositionAfter: fc.constantFrom(undefined, 'event', 'batch'),
  viewKind: fc.constantFrom('trainers', 'own'),
  before: fc.array(fc.array(events, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12, size: 'max' }),
  steps: fc.array(joiningSteps, { minLength: 5, maxLength: 30, size: 'max' }),
});
