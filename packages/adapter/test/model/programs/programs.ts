import { replayOptions } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { ListStep, RaceStep, ReadStep, WriteStep } from './commands.js';
import { BOUNDS } from './eventsModel.js';
import { AGGREGATE_IDS, STORES } from './system.js';

const stores = fc.nat({ max: STORES.length - 1 });
/** The first ones come more often, so that events meet. */
const aggregates = fc.oneof({ weight: 2, arbitrary: fc.nat({ max: 1 }) }, fc.nat({ max: AGGREGATE_IDS.length - 1 }));
const versions = fc.integer({ min: 1, max: 6 });

/** Few enough that first events share them; the bounds of listings are before, at, between and after them. */
const TIMES = [
  '2026-01-01T00:00:00.000Z',
  '2026-01-02T00:00:00.000Z',
  '2026-01-02T00:00:00.001Z',
  '2027-01-01T00:00:00.000Z',
];
const bounds = fc.constantFrom(...Object.keys(BOUNDS));

const optional = <VALUE>(values: fc.Arbitrary<VALUE>) => fc.option(values, { nil: undefined });

/** Absent members, rather than undefined ones. */
const members = <SPEC>(spec: { [NAME in keyof SPEC]: fc.Arbitrary<SPEC[NAME]> }) =>
  fc.record(spec, { requiredKeys: [] });

const memberSpecs = fc.record({
  store: stores,
  aggregate: aggregates,
  version: fc.oneof({ weight: 3, arbitrary: fc.constant('next' as const) }, { weight: 1, arbitrary: versions }),
  payload: fc.oneof(
    fc.integer(),
    fc.string({ unit: 'binary', maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', '__proto__'), fc.nat()),
  ),
});

const force = fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
const timestamp = optional(fc.constantFrom(...TIMES));

const pushes = fc.record({
  force,
  isGroup: fc.constant(false),
  timestamp,
  members: fc.tuple(memberSpecs),
});

const groups = fc.record({
  force,
  isGroup: fc.constant(true),
  timestamp,
  members: fc.array(memberSpecs, { minLength: 1, maxLength: 5 }),
});

const writes = fc.oneof(pushes, groups);

const reads = fc.record({
  store: stores,
  aggregate: aggregates,
  options: members({ minVersion: versions, maxVersion: versions, limit: versions, reverse: fc.boolean() }),
  stopAfter: optional(versions),
});

const range = { initialEventAfter: bounds, initialEventBefore: bounds };
const limits = fc.integer({ min: 1, max: 4 });

const lists = fc.record({
  store: stores,
  options: members({ ...range, limit: limits, reverse: fc.boolean() }),
  overrides: fc.array(members({ ...range, limit: limits }), { maxLength: 2 }),
});

/** Writes of a race at most, each with a client of its own. */
export const MAX_WRITERS = 5;

const races = fc.record({
  writes: fc.array(writes, { minLength: 2, maxLength: MAX_WRITERS }),
  reads: fc.array(fc.record({ store: stores, aggregate: aggregates }), { maxLength: 2 }),
});

export const programs = fc.commands(
  [
    pushes.map(spec => new WriteStep(spec)),
    groups.map(spec => new WriteStep(spec)),
    races.map(spec => new RaceStep(spec)),
    reads.map(spec => new ReadStep(spec)),
    lists.map(spec => new ListStep(spec)),
  ],
  { maxCommands: 60, size: 'max', ...replayOptions },
);
