import { types } from 'node:util';

import { setMember, type ValuePath } from '@castore-dynamodb/commons';

import { EACH, type FieldPath } from './fieldPath.js';

/** What takes the place of a value. */
export type Replace<VALUE = unknown> = (value: VALUE, path: ValuePath) => unknown;

/** A value with what a path leads to replaced, as a copy if it leads to anything; what is not there is passed over. */
export const replaceAt = (value: unknown, steps: FieldPath, replace: Replace, path: ValuePath = []): unknown => {
  const [step, ...rest] = steps;
  if (step === undefined) return replace(value, path);
  return mapMembers(value, (member, key) =>
    step === EACH || step === key ? replaceAt(member, rest, replace, [...path, key]) : member,
  );
};

/** Where a path leads to each element of a set, if it does: a set has no places for them. */
export const setAt = (value: unknown, steps: FieldPath): ValuePath | undefined => {
  let found: ValuePath | undefined;
  for (const [index, step] of steps.entries()) {
    if (step !== EACH) continue;
    replaceAt(value, steps.slice(0, index), (member, path) => {
      if (types.isSet(member)) found ??= path;
      return member;
    });
  }
  return found;
};

/** A value with all bytes in it replaced, those of sets excepted; as a copy if any are. */
export const replaceBytes = (value: unknown, replace: Replace<Uint8Array>, path: ValuePath = []): unknown =>
  types.isUint8Array(value)
    ? replace(value, path)
    : mapMembers(value, (member, key) => replaceBytes(member, replace, [...path, key]));

/**
 * Elements of an array by their indexes, own members of an object by their keys; nothing else has any. Itself, if nothing
 * changes. A member of an object that becomes undefined is left out.
 */
const mapMembers = (value: unknown, map: (member: unknown, key: string | number) => unknown): unknown => {
  if (Array.isArray(value)) {
    const elements = value.map((element: unknown, index) => map(element, index));
    return elements.some((element, index) => element !== value[index]) ? elements : value;
  }
  if (!isMap(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const member = value[key];
    const mapped = map(member, key);
    if (mapped === member) continue;
    copy ??= { ...value };
    if (mapped === undefined) delete copy[key];
    else setMember(copy, key, mapped);
  }
  return copy ?? value;
};

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !types.isUint8Array(value) && !types.isSet(value);
