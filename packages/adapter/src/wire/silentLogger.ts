import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The source of a function that does nothing, minified or not: `info() {}`, `()=>{}`. */
const EMPTY_FUNCTION = /^[^{]*\{\s*\}$/;

const doesNothing = (log: unknown): boolean =>
  typeof log === 'function' && EMPTY_FUNCTION.test(Function.prototype.toString.call(log));

/**
 * Whether nobody logs: the SDK's default logger has empty methods. The SDK prepares its log entries for it all the same,
 * by a walk over the whole input and output of every command.
 */
export const hasSilentLogger = (client: DynamoDBClient): boolean => {
  const { logger } = client.config ?? {};
  return logger !== undefined && doesNothing(logger.info) && doesNothing(logger.error);
};
