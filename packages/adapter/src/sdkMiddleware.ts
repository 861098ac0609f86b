/**
 * A middleware beside one of the SDK's own. Commands with such middlewares are classes of their own: a client with
 * `cacheMiddleware` keeps the handlers of a command class and uses them for its later instances. So nothing in a
 * middleware may depend on the instance, and plain commands stay plain.
 */
export interface PlacedMiddleware {
  readonly name: string;
  readonly relation: 'before' | 'after';
  readonly toMiddleware: 'serializerMiddleware' | 'deserializerMiddleware';
  /** Of the types that the command's stack wants. */
  readonly middleware: unknown;
}

/**
 * Adds middlewares to a command that is about to be resolved: not earlier, as a client that keeps handlers needs none.
 * If the SDK has no middlewares of the names that they are placed beside, `resolveMiddleware` throws; each command says
 * what it does then.
 *
 * Before @aws-sdk/core 3.981.2, the SDK walks over the whole input and output for log entries even without a logger, and
 * so would read every item. That walk is left out if nobody hears of it.
 */
export const placeMiddlewares = (
  command: { middlewareStack: unknown },
  { logger }: { logger?: { info?: unknown; error?: unknown } },
  middlewares: readonly PlacedMiddleware[],
): void => {
  const stack = command.middlewareStack as Stack;
  // A command may be sent twice, and then has them already.
  for (const { middleware, ...place } of middlewares) stack.addRelativeTo(middleware, { ...place, override: true });
  if (isEmpty(logger?.info) && isEmpty(logger?.error)) {
    stack.add(next => next, { step: 'initialize', name: 'loggerMiddleware', override: true });
  }
};

/** A method without parameters and without a body, as the SDK's silent logger has. Its class has any name in a bundle. */
const isEmpty = (method: unknown): boolean => /^\w+\s*\(\)\s*\{\s*\}$/.test(String(method));

interface Stack {
  addRelativeTo(middleware: unknown, options: Omit<PlacedMiddleware, 'middleware'> & { override: boolean }): void;
  add(
    middleware: <HANDLER>(next: HANDLER) => HANDLER,
    options: { step: 'initialize'; name: string; override: boolean },
  ): void;
}
