import * as fc from 'fast-check';

import { everyNEvents, type SnapshotPolicy, whenLoadCosts } from '../../src/index.js';

/** A place in what is there, from its beginning (0) to its end (1) and a little beyond. */
const places = fc.integer({ min: 0, max: 120 }).map(percent => percent / 100);

/** How a storage behaves for a while. */
export type Fault = 'none' | 'reads-fail' | 'writes-fail' | 'answers-are-lost' | 'reads-are-garbled' | 'reads-are-old';

const steps = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('push' as const), count: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pushGroup' as const), count: fc.integer({ min: 2, max: 6 }) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('load' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('loadVersion' as const), place: places }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('loadInstant' as const), place: places }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('deploy' as const), reducerVersion: fc.nat({ max: 2 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      fault: fc.constantFrom<Fault>(
        'none',
        'none',
        'none',
        'reads-fail',
        'writes-fail',
        'answers-are-lost',
        'reads-are-garbled',
        'reads-are-old',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('overwrite' as const), place: places }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), place: places }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('maintain' as const),
      how: fc.constantFrom('build' as const, 'deleteOutdated' as const, 'deleteOf' as const),
    }),
  },
);

export type Step = typeof steps extends fc.Arbitrary<infer STEP> ? STEP : never;

const tails = fc.record({ events: fc.integer({ min: 1, max: 8 }) });

/** For the report of a failure. */
const named = <POLICY extends SnapshotPolicy>(policy: POLICY, name: string): POLICY =>
  Object.assign(policy, { [fc.toStringMethod]: () => name });

const policies: fc.Arbitrary<SnapshotPolicy> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 7 }), tails)
    .map(([n, tail]) => named(Object.assign(everyNEvents(n), { tail }), `everyNEvents(${n}), tail ${tail.events}`)),
  fc.integer({ min: 1, max: 7 }).map(n => named(everyNEvents(n), `everyNEvents(${n})`)),
  fc.constant(named(whenLoadCosts({ readUnits: 0.1 }), 'whenLoadCosts({ readUnits: 0.1 })')),
  fc.tuple(fc.func(fc.boolean()), tails).map(([decide, tail]) =>
    Object.assign(
      named((occasion: object) => decide(occasion), 'any function'),
      { tail },
    ),
  ),
);

/** States in memory: none, some that soon are too large, or all; beside a storage or without one. */
const memories = fc.record({
  cacheBytes: fc.constantFrom(undefined, 1_500, 100_000),
  isStored: fc.boolean(),
  /** Whether the reducer changes the aggregate that it gets. */
  isInPlace: fc.boolean(),
});

/** What happens to one aggregate, and what the random storage delays are drawn from. */
export const programs = fc.record({
  policy: policies,
  memory: memories,
  steps: fc.array(steps, { minLength: 1, maxLength: 40, size: 'max' }),
  delays: fc.infiniteStream(fc.nat({ max: 3 })),
});
