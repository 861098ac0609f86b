import { types } from 'node:util';

import type { EventDetail } from '@castore/core';
import { setMember } from '@castore-dynamodb/commons';

/**
 * A copy of an event, for one call of a handler. A handler may make a view of an event's parts, and change that with the
 * next event. But an event is handled by several projections, for each of several views, and again after a conflict or a
 * failure: each time as it is stored.
 */
export const ownEvent = <EVENT extends EventDetail>(event: EVENT): EVENT => copyOf(event) as EVENT;

/** Not by structuredClone, which takes ten times as long. What only an upcaster can have made is not copied. */
const copyOf = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  if (types.isUint8Array(value)) return Uint8Array.prototype.slice.call(value);
  if (types.isSet(value)) return new Set(Array.from(value, copyOf));
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain ? copyMembers(value as Record<string, unknown>) : value;
};

const copyMembers = (members: Record<string, unknown>): Record<string, unknown> => {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(members)) setMember(copy, key, copyOf(members[key]));
  return copy;
};
