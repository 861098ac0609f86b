import { types } from 'node:util';

import type { EventDetail } from '@castore/core';
import { setMember } from '@castore-dynamodb/commons';

import { markSubjects, subjectsOfEvent } from './subjects.js';

/**
 * A copy of an event and all that it holds, of which `subjectsOfEvent` says the same: for each of several that may change
 * what they get. What no stored event holds, such as instances of classes that an upcaster made, is not copied.
 *
 * @example
 * const { events } = await pokemons.getEvents('pikachu-1');
 * const aggregate = pokemons.buildAggregate(events.map(copyEvent)); // by a reducer that changes the events
 */
export const copyEvent = <EVENT extends EventDetail>(event: EVENT): EVENT => {
  const copy = copyOf(event) as EVENT;
  const subjects = subjectsOfEvent(event);
  if (subjects !== undefined) markSubjects(copy, subjects);
  return copy;
};

/** Not by structuredClone, which takes several times as long. */
const copyOf = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  if (types.isUint8Array(value)) return new Uint8Array(value);
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
