import { types } from 'node:util';

import { toExactJson } from '../output/exactJson.js';
import { shapeOf } from '../output/payloads.js';

const MAX_DEPTH = 100;

/** A value of an event in exact JSON, or its shape. */
export const shownValue = (value: unknown, isRedacted: boolean): unknown =>
  value === undefined ? undefined : JSON.parse(toExactJson(isRedacted ? shapeOf(value) : value));

/** The same for what a reducer made, which may hold anything. */
export const shownState = (state: unknown, isRedacted: boolean): unknown =>
  shownValue(plainState(state, new Set()), isRedacted);

/** Dates, maps and instances of classes as plain values; cycles and functions by a word. */
const plainState = (value: unknown, above: ReadonlySet<unknown>): unknown => {
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  // JSON has no such numbers.
  if (typeof value === 'number' && !Number.isFinite(value)) return `[${value}]`;
  if (typeof value !== 'object' || value === null || types.isUint8Array(value)) return value;
  if (above.has(value)) return '[circular]';
  if (above.size > MAX_DEPTH) return '[too deep]';
  const inside = new Set([...above, value]);
  return plainObject(value, each => plainState(each, inside));
};

const plainObject = (value: object, plain: (inside: unknown) => unknown): unknown => {
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (types.isSet(value)) return new Set([...value].map(plain));
  if (types.isMap(value)) return [...value].map(([key, each]) => [plain(key), plain(each)]);
  if (Array.isArray(value)) return Array.from(value, plain);
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(members.map(([name, each]) => [name, plain(each)]));
};
