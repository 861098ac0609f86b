/** A member that differs between two states, by its names from the outside in. Elements of lists are named by their places. */
export interface Difference {
  readonly path: readonly string[];
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

type Members = Readonly<Record<string, unknown>>;

/** Member by member, how a value in exact JSON differs from another one. */
export function* differencesBetween(
  before: unknown,
  after: unknown,
  path: readonly string[] = [],
): Generator<Difference, void, undefined> {
  if (before === after) return;
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) {
    if (JSON.stringify(before) !== JSON.stringify(after)) yield differenceOf(before, after, path);
    return;
  }
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    yield* differencesBetween(ownMember(before, name), ownMember(after, name), [...path, name]);
  }
}

const differenceOf = (before: unknown, after: unknown, path: readonly string[]): Difference => {
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
