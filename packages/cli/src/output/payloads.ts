import { types } from 'node:util';

import { cutText } from '@castore-dynamodb/commons';

import { toExactJson } from './exactJson.js';

/** How much of a payload is shown: all of it, what fits into a line, or its shape alone. */
export type PayloadView = 'whole' | 'cut' | 'shape';

/** If nobody knows how wide a line is. */
const CUT_AT = 80;

/** What stands before a payload takes about so much of a line. */
const BEFORE_PAYLOAD = 70;

/** How long a payload may be in a line of a terminal, which may be narrower than all the rest. */
export const payloadWidth = (columns: number | undefined): number =>
  columns === undefined ? CUT_AT : Math.max(20, columns - BEFORE_PAYLOAD);

/** The kinds of the values without the values, which may be about a person: names of members stay. */
export const shapeOf = (value: unknown): unknown => {
  if (value === null || value === undefined) return value;
  if (types.isUint8Array(value)) return `bytes(${value.byteLength})`;
  if (types.isSet(value)) return `set(${value.size})`;
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0]), `${value.length} elements`];
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]));
  }
  return typeof value;
};

/** A payload in a cell. */
export const payloadCell = (value: unknown, view: PayloadView, width = CUT_AT): string => {
  if (value === undefined) return '';
  const json = toExactJson(view === 'shape' ? shapeOf(value) : value);
  return view === 'whole' ? json : cutText(json, width);
};
