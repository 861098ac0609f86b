import { type Duration, Token } from 'aws-cdk-lib';

/** A prop that no deployment could make sense of. Thrown while the app is synthesized, before anything is deployed. */
export class InvalidEventTablePropsError extends Error {
  override readonly name = 'InvalidEventTablePropsError';
  readonly code = 'InvalidEventTableProps';

  /** The prop at fault, such as `billing.maxReadRequestUnits`. */
  readonly prop: string;

  constructor(prop: string, explanation: string) {
    super(`Invalid ${prop}: ${explanation}`);
    this.prop = prop;
  }
}

/** @throws InvalidEventTablePropsError `Invalid <prop>: expected <expectation>, got <value>.` */
export const refuse = (prop: string, expectation: string, value: unknown): never => {
  throw new InvalidEventTablePropsError(prop, `expected ${expectation}, got ${described(value)}.`);
};

const described = (value: unknown): string => {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
};

/** Whether a value is there to be looked at now: what CloudFormation fills in when it deploys passes every check. */
export const isKnown = <T>(value: T | undefined): value is T => value !== undefined && !Token.isUnresolved(value);

/** Whether two names are known to be different: of regions, of accounts. */
export const differ = (one: string | undefined, other: string | undefined): boolean =>
  isKnown(one) && isKnown(other) && one !== other;

/** All props by their names. Written out with `satisfies PropNames<Props>`, so that none can be forgotten. */
export type PropNames<PROPS> = { readonly [NAME in keyof PROPS]-?: true };

/** A misspelt prop would be ignored in silence. */
export const checkProps = (
  props: object,
  names: Readonly<Record<string, true>>,
  path = '',
  explanations: Readonly<Record<string, string>> = {},
): void => {
  if (typeof props !== 'object' || props === null || Array.isArray(props)) refuse(path || 'props', 'an object', props);
  for (const [name, value] of Object.entries(props)) {
    if (Object.hasOwn(names, name) || value === undefined) continue;
    throw new InvalidEventTablePropsError(
      path === '' ? name : `${path}.${name}`,
      Object.hasOwn(explanations, name)
        ? String(explanations[name])
        : `there is no such prop. The props are ${Object.keys(names).join(', ')}.`,
    );
  }
};

export const checkOneOf = (prop: string, value: unknown, choices: readonly string[]): void => {
  if (!isKnown(value) || choices.includes(value as string)) return;
  refuse(prop, choices.map(choice => `'${choice}'`).join(' or '), value);
};

export const checkWholeNumber = (
  prop: string,
  value: number | undefined,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): void => {
  if (!isKnown(value) || (Number.isSafeInteger(value) && value >= min && value <= max)) return;
  refuse(prop, `a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`}`, value);
};

export const checkBoolean = (prop: string, value: boolean | undefined): void => {
  if (isKnown(value) && typeof value !== 'boolean') refuse(prop, 'true or false', value);
};

/** A duration of whole seconds. */
export const checkDuration = (prop: string, value: Duration | undefined, min: Duration, max: Duration): void => {
  if (value === undefined) return;
  if (typeof value?.isUnresolved !== 'function') refuse(prop, 'a Duration', value);
  if (value.isUnresolved()) return;
  const seconds = value.toSeconds({ integral: false });
  if (Number.isSafeInteger(seconds) && seconds >= min.toSeconds() && seconds <= max.toSeconds()) return;
  refuse(prop, `whole seconds from ${min.toSeconds()} to ${max.toSeconds()}`, seconds);
};

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
export const checkTableName = (tableName: string | undefined): void => {
  if (!isKnown(tableName) || (typeof tableName === 'string' && /^[\w.-]{3,255}$/.test(tableName))) return;
  refuse('tableName', 'a name of 3 to 255 letters, digits, _, - and ., and no ARN', tableName);
};

/**
 * `props` without the members that are undefined, so that absent props stay absent: under `exactOptionalPropertyTypes`
 * the CDK's own props do not take an undefined.
 */
export const defined = <T extends object>(props: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
