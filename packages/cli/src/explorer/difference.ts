import type { Change } from './api.js';

/** So many are listed; a state that changed in more members is better read as a whole. */
const MAX_CHANGES = 1000;

type Members = Readonly<Record<string, unknown>>;

/** Member by member, how a value in exact JSON differs from the one before. Elements of lists are compared by their places. */
export const differenceBetween = (before: unknown, after: unknown): Change[] => {
  const changes: Change[] = [];
  collect(before, after, [], changes);
  return changes;
};

const collect = (before: unknown, after: unknown, path: readonly string[], changes: Change[]): void => {
  if (changes.length >= MAX_CHANGES || before === after) return;
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) {
    if (JSON.stringify(before) !== JSON.stringify(after)) changes.push(changeOf(before, after, path));
    return;
  }
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    collect(ownMember(before, name), ownMember(after, name), [...path, name], changes);
  }
};

const changeOf = (before: unknown, after: unknown, path: readonly string[]): Change => {
  if (before === undefined) return { path, kind: 'added', after };
  if (after === undefined) return { path, kind: 'removed', before };
  return { path, kind: 'changed', before, after };
};

/** `$bytes` and the like are values, not objects with a member. */
const isContainer = (value: unknown): value is Members => {
  if (typeof value !== 'object' || value === null) return false;
  const names = Object.keys(value);
  return !(names.length === 1 && names[0]?.startsWith('$'));
};

/** `__proto__` is a name like any other. */
const ownMember = (value: Members, name: string): unknown => (Object.hasOwn(value, name) ? value[name] : undefined);
