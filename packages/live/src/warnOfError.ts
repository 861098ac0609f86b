import { describeError, memberOf } from '@castore-dynamodb/commons';

/** The text of an error that is not ours may hold anything. */
export const warnOfError = (error: unknown): void => {
  const { name, message } = describeError(error);
  const isOurs = memberOf(error, 'code') === name;
  process.emitWarning(`A live feed failed, and goes on: ${isOurs ? `${name}: ${message}` : name}`, {
    type: 'EventFeedError',
    code: 'CASTORE_DYNAMODB_EVENT_FEED_ERROR',
  });
};
