import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The source of a function that does nothing, minified or not: `info() {}`, `()=>{}`. */
const EMPTY_FUNCTION = /^[^{]*\{\s*\}$/;

const doesNothing = (log: unknown): boolean =>
  typeof log === 'function' && EMPTY_FUNCTION.test(Function.prototype.toString.call(log));

/**
 * Spares a command the preparation of its log entries where nobody hears them. The SDK's default logger has empty
 * methods, and is given an entry for each command all the same, made by a walk over its whole input and output.
 */
export const leaveUnheardLogsOut = (client: DynamoDBClient, { middlewareStack }: { middlewareStack: Stack }): void => {
  const logger = (client.config as DynamoDBClient['config'] | undefined)?.logger;
  if (!doesNothing(logger?.info) || !doesNothing(logger?.error)) return;
  middlewareStack.add(next => next, { step: 'initialize', name: 'loggerMiddleware', override: true });
};

interface Stack {
  add(
    middleware: <HANDLER>(next: HANDLER) => HANDLER,
    options: { step: 'initialize'; name: string; override: boolean },
  ): void;
}
