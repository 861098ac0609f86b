import { deepStrictEqual } from 'node:assert/strict';

import type { EventDetail } from '@castore/core';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { copyEvent, fromStoredValue, subjectsOfEvent, toStoredValue } from '../src/index.js';
import { markSubjects } from '../src/transformations/subjects.js';
import { storableValues } from './model/storableValues.js';

const eventWith = (payload: unknown): EventDetail => ({
  aggregateId: 'pikachu',
  version: 1,
  type: 'CAUGHT',
  timestamp: '2026-01-01T00:00:00.000Z',
  payload,
});

/** All objects within a value. */
const objectsIn = (value: unknown): object[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (ArrayBuffer.isView(value)) return [value, value.buffer];
  return [value, ...[...(value instanceof Set ? value : []), ...Object.values(value)].flatMap(objectsIn)];
};

describe('copyEvent', () => {
  it(
    'copies whatever a stored event holds, and shares none of it',
    async () => {
      const property = fc.asyncProperty(storableValues, async value => {
        const event = eventWith(fromStoredValue(toStoredValue(value, 'value'), 'value'));
        const copy = copyEvent(event);
        deepStrictEqual(copy, event);
        const originals = new Set(objectsIn(event));
        expect(objectsIn(copy).filter(each => originals.has(each))).toStrictEqual([]);
      });
      await checkProperty(property, { quick: 200, soak: 20_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it('keeps whose data is in the event', () => {
    expect(subjectsOfEvent(copyEvent(markSubjects(eventWith('ash'), ['trainer-1'])))).toStrictEqual(['trainer-1']);
    expect(subjectsOfEvent(copyEvent(eventWith('ash')))).toBeUndefined();
  });

  it('leaves what no stored event holds', () => {
    const date = new Date();
    expect(copyEvent(eventWith({ date })).payload).toStrictEqual({ date });
  });
});
