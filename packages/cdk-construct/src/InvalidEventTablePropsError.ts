import { type Duration, Token } from 'aws-cdk-lib';

/** A prop that no deployment could make sense of. Thrown while the app is synthesized, before anything is deployed. */
export class InvalidEventTablePropsError extends Error {
  override readonly name = 'InvalidEventTablePropsError';
  readonly code = 'InvalidEventTableProps';

  /** The prop at fault, such as `billing.maxReadRequestUnits`. */
  readonly prop: string;

  constructor(prop: string, message: string) {
    super(`EventTable: ${prop} ${message}`);
    this.prop = prop;
  }
}

/** Refuses a number, where one is given, that is no whole number from 1. What is known only when deploying passes. */
export const checkWholeNumberFrom1 = (prop: string, value: number | undefined): void => {
  if (value === undefined || Token.isUnresolved(value) || (Number.isSafeInteger(value) && value >= 1)) return;
  throw new InvalidEventTablePropsError(prop, `is ${value}: use a whole number from 1, or leave it out.`);
};

/** Refuses a number, where one is given, that is no whole number in the range. What is known only when deploying passes. */
export const checkWholeNumber = (prop: string, value: number | undefined, min: number, max: number): void => {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new InvalidEventTablePropsError(
    prop,
    `is ${value}: use a whole number from ${min} to ${max}, or leave it out.`,
  );
};

/** Refuses a duration, where one is given, that is not of whole seconds in the range. */
export const checkDuration = (prop: string, value: Duration | undefined, min: Duration, max: Duration): void => {
  if (value === undefined || value.isUnresolved()) return;
  const seconds = value.toSeconds({ integral: false });
  if (Number.isSafeInteger(seconds) && seconds >= min.toSeconds() && seconds <= max.toSeconds()) return;
  throw new InvalidEventTablePropsError(
    prop,
    `is ${seconds} seconds: use whole seconds from ${min.toSeconds()} to ${max.toSeconds()}, or leave it out.`,
  );
};
