import { describeErrorInWords } from './describe.js';

/**
 * Calls a callback of the user's that only listens. Whatever it throws, at once or later, must not change what happens:
 * it becomes a warning of the process.
 */
export const notify = <ARGUMENTS extends unknown[]>(
  name: string,
  callback: ((...args: ARGUMENTS) => unknown) | undefined,
  ...args: ARGUMENTS
): void => {
  const warn = (error: unknown): void =>
    process.emitWarning(`${name} threw ${describeErrorInWords(error)}`, {
      type: 'CallbackFailure',
      code: 'CASTORE_DYNAMODB_CALLBACK_FAILURE',
    });
  try {
    const result = callback?.(...args);
    // Whatever it is: a promise of any realm, or nothing to wait for.
    Promise.resolve(result).catch(warn);
  } catch (error) {
    warn(error);
  }
};
