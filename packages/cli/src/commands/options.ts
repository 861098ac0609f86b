import { InvalidArgumentError as InvalidOption } from 'commander';

/** For an option that is a number. */
export const positiveInteger = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidOption('Expected a whole number from 1 on.');
  return value;
};

/** For an option that is a list, separated by commas. */
export const list = (text: string): string[] => text.split(',').filter(Boolean);

/** The option of every command that writes. */
export interface WriteOptions {
  readonly write: boolean;
}
