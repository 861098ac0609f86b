import { LiveError } from './liveError.js';

/**
 * Calls a callback of the user's that only listens. Whatever it throws, at once or later, must not change what happens: it
 * becomes a warning. As `notify` of the other packages, which needs Node.
 */
export const notify = <ARGUMENT>(
  name: string,
  callback: ((argument: ARGUMENT) => unknown) | undefined,
  argument: ARGUMENT,
): void => {
  const failed = (error: unknown): void =>
    warn(`${name} threw ${describe(error)}`, 'CallbackFailure', 'CALLBACK_FAILURE');
  try {
    Promise.resolve(callback?.(argument)).catch(failed);
  } catch (error) {
    failed(error);
  }
};

/**
 * That a subscription could not connect, or lost its connection, and tries on. If nobody listens, it warns at the second
 * failure in a row: networks break, and the first one is nothing to speak of.
 */
export const reportFailure = (
  onError: ((error: unknown) => unknown) | undefined,
  error: unknown,
  failures: number,
): void => {
  if (onError !== undefined) return notify('onError', onError, error);
  if (failures !== 2) return;
  const what = error instanceof LiveError ? error.message : 'The function `url` failed.';
  warn(`A live subscription cannot connect, and keeps trying: ${what}`, 'LiveSubscriptionWarning', 'LIVE_SUBSCRIPTION');
};

/** In Node, of the process; in a browser, on the console. */
const warn = (text: string, type: string, code: string): void => {
  const { process, console } = globalThis as unknown as {
    process?: { emitWarning?: (text: string, options: { type: string; code: string }) => void };
    console: { warn: (text: string) => void };
  };
  if (process?.emitWarning === undefined) console.warn(text);
  else process.emitWarning(text, { type, code: `CASTORE_DYNAMODB_${code}` });
};

const describe = (error: unknown): string => {
  try {
    return String(error).slice(0, 1_000);
  } catch {
    return 'what cannot be shown';
  }
};
