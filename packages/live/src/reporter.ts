import { describeError, memberOf, notify } from '@castore-dynamodb/commons';

/** Gets what went wrong and does not end the work; with `source` if it is the user's own function that failed. */
export type Reporter = (error: unknown, source?: 'authorize') => void;

/** Hands errors to the user's `onError`; without one, warns. */
export const reporterOf =
  (onError: ((error: unknown) => void) | undefined): Reporter =>
  (error, source) =>
    onError === undefined ? warn(error, source) : notify('onError', onError, error);

const warn: Reporter = (error, source) => {
  const what =
    source === 'authorize'
      ? '`authorize` of a live feed failed, and the connection was refused with 403'
      : 'A live feed failed, and goes on';
  process.emitWarning(`${what} (\`onError\` gets the error itself): ${describe(error)}`, {
    type: 'EventFeedError',
    code: 'CASTORE_DYNAMODB_EVENT_FEED_ERROR',
  });
};

/** The text of an error that is not ours may hold anything. */
const describe = (error: unknown): string => {
  const { name, message } = describeError(error);
  const isOurs = memberOf(error, 'code') === name;
  return isOurs ? `${name}: ${message}` : name;
};
