import type { StoredEvents, StoredEventsRange } from '@castore-dynamodb/adapter';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { versionAt } from '../../src/state/versionAt.js';

const START = Date.UTC(2026, 0, 1);
const isoOf = (milliseconds: number): string => new Date(START + milliseconds).toISOString();

/** Events in memory, by the timestamps of their versions; undefined for a version that is missing. */
const storedAt = (timestamps: readonly (string | undefined)[]) => {
  let requests = 0;
  const all = timestamps.flatMap((timestamp, at) => {
    const item = { aggregateId: { S: 'a' }, version: { N: String(at + 1) }, timestamp: { S: timestamp ?? '' } };
    return timestamp === undefined
      ? []
      : [{ aggregateId: 'a', version: at + 1, item, isErased: false, redactions: [] }];
  });
  const read: StoredEvents['read'] = async (_, range: StoredEventsRange) => {
    requests += 1;
    const { minVersion = 1, maxVersion = Number.MAX_SAFE_INTEGER, limit = Number.POSITIVE_INFINITY } = range;
    const inRange = all.filter(({ version }) => version >= minVersion && version <= maxVersion);
    return {
      events: (range.reverse === true ? inRange.toReversed() : inRange).slice(0, limit),
      readUnits: 0,
      hasMore: false,
    };
  };
  return { read, requests: () => requests };
};

/** In the order of versions, the last event that is not later. */
const plainly = (timestamps: readonly (string | undefined)[], instant: string): number =>
  timestamps.findLastIndex(timestamp => timestamp !== undefined && Date.parse(timestamp) <= Date.parse(instant)) + 1;

it('finds the version at any instant, though clocks differ by up to half a minute and versions are missing', async () => {
  const history = fc.array(fc.record({ step: fc.nat(200_000), drift: fc.nat(30_000), isMissing: fc.boolean() }), {
    maxLength: 600,
    size: 'max',
  });
  const finds = fc.asyncProperty(history, fc.nat(60_000_000), async (steps, at) => {
    let time = 0;
    const timestamps = steps.map(({ step, drift, isMissing }) => {
      time += step;
      return isMissing ? undefined : isoOf(time + drift);
    });
    const instant = isoOf(at);
    expect(await versionAt(storedAt(timestamps), 'a', instant)).toBe(plainly(timestamps, instant));
  });
  await checkProperty(finds, { quick: 100, soak: 10_000 });
});

it('asks for one event at each halving', async () => {
  const timestamps = Array.from({ length: 100_000 }, (_, at) => isoOf(at * 1000));
  const stored = storedAt(timestamps);
  expect(await versionAt(stored, 'a', isoOf(70_000_500))).toBe(70_001);
  // For the last event, for ten halvings, and for those around the instant.
  expect(stored.requests()).toBeLessThanOrEqual(13);
  expect(await versionAt(stored, 'a', isoOf(-1))).toBe(0);
});

it('never takes an event without a time for the one that is wanted', async () => {
  expect(await versionAt(storedAt([isoOf(0), 'nonsense', isoOf(5)]), 'a', isoOf(2))).toBe(1);
});
