import { InvalidArgumentError } from '@castore-dynamodb/adapter';

export const describeValue = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};

export const checkPositive = (value: unknown, argument: string, { integer = false } = {}): void => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0 || (integer && !Number.isSafeInteger(value))) {
    throw new InvalidArgumentError(
      argument,
      `expected ${integer ? 'an integer of at least 1' : 'a number above 0'}, got ${describeValue(value)}.`,
    );
  }
};

export const checkString = (value: unknown, argument: string): void => {
  if (typeof value !== 'string' || value === '' || !value.isWellFormed()) {
    throw new InvalidArgumentError(
      argument,
      `expected a string that is not empty and has an encoding in UTF-8, got ${describeValue(value)}.`,
    );
  }
};

export const checkObject = (value: unknown, argument: string): void => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError(argument, `expected an object, got ${describeValue(value)}.`);
  }
};

export const checkBoolean = (value: unknown, argument: string): void => {
  if (typeof value !== 'boolean') {
    throw new InvalidArgumentError(argument, `expected true or false, got ${describeValue(value)}.`);
  }
};

export const checkFunction = (value: unknown, argument: string): void => {
  if (typeof value !== 'function') {
    throw new InvalidArgumentError(argument, `expected a function, got ${describeValue(value)}.`);
  }
};
