import { checkCheckpoints, checkName } from '../checkArguments.js';
import { isFunction, isObject, isOptional, isWholeNumber, refuseUnless } from '../checkOptions.js';
import { checkProjections } from '../projections/checkProjections.js';
import type { StreamPollerOptions } from './streamPollerOptions.js';

/** @throws InvalidArgumentError */
export const checkPollerOptions = (options: StreamPollerOptions): void => {
  refuseUnless(isObject(options), 'options', 'expected an object.');
  const { name, projections, checkpoints, dynamoDbStreamsClient, onFailure, onError, ...others } = options;
  checkName(name);
  checkProjections(projections);
  checkCheckpoints(checkpoints);
  const isClient = isFunction((dynamoDbStreamsClient as { send?: unknown } | undefined)?.send);
  refuseUnless(isClient, 'dynamoDbStreamsClient', 'expected a client of @aws-sdk/client-dynamodb-streams.');
  for (const [argument, value] of Object.entries({ onFailure, onError })) {
    refuseUnless(isOptional(value, isFunction), argument, 'expected a function.');
  }
  const { maxAttempts, concurrency, pollIntervalMs, lockTimeoutMs } = others;
  for (const [argument, value] of Object.entries({ maxAttempts, concurrency, pollIntervalMs, lockTimeoutMs })) {
    refuseUnless(isOptional(value, isWholeNumber), argument, 'expected an integer of at least 1.');
  }
};
