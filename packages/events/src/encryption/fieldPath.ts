import { checkString, InvalidArgumentError } from '@castore-dynamodb/commons';

/** Every element of an array, and every member of an object. */
export const EACH = Symbol('[*]');

export type Step = string | number | typeof EACH;

/** From the event: `payload` or `metadata` first. */
export type FieldPath = readonly Step[];

/** `.name`, `["any key"]`, `[2]`, `[*]` */
const STEP = /\.([\p{ID_Start}_$][\p{ID_Continue}$]*)|\[(?:(\d{1,9})|(\*)|("(?:[^"\\]|\\.)*"))\]/uy;

const ROOT = /^(?:payload|metadata)/;

/**
 * A path as `formatPath` writes it, with `[*]` for every element or member.
 *
 * @throws InvalidArgumentError
 */
export const parseFieldPath = (path: unknown, argument: string): FieldPath => {
  checkString(path, argument);
  const text = path as string;
  const refuse = (at: number): never => {
    throw new InvalidArgumentError(
      argument,
      `expected a path such as payload.name, payload.items[*].name or payload["unit price"], got ${JSON.stringify(text)}, which is wrong from character ${at + 1} on.`,
    );
  };
  const root = ROOT.exec(text)?.[0] ?? refuse(0);
  const steps: Step[] = [root];
  STEP.lastIndex = root.length;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const [, name, index, each, quoted] = STEP.exec(text) ?? refuse(at);
    steps.push(
      name ?? (index === undefined ? (each === undefined ? unquote(quoted, () => refuse(at)) : EACH) : Number(index)),
    );
  }
  return steps;
};

const unquote = (quoted: string | undefined, refuse: () => never): string => {
  try {
    return JSON.parse(quoted as string) as string;
  } catch {
    return refuse();
  }
};

/** Whether what one of two paths leads to may hold what the other one leads to, or be the same. */
export const overlap = (one: FieldPath, other: FieldPath): boolean => {
  const [shorter, longer] = one.length <= other.length ? [one, other] : [other, one];
  return shorter.every((step, index) => step === longer[index] || step === EACH || longer[index] === EACH);
};
