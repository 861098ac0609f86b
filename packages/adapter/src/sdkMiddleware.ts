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
 */
export const placeMiddlewares = (
  command: { readonly middlewareStack: unknown },
  middlewares: readonly PlacedMiddleware[],
): void => {
  const stack = command.middlewareStack as Stack;
  for (const { middleware, name, relation, toMiddleware } of middlewares) {
    // A command may be sent twice, and then has them already.
    stack.addRelativeTo(middleware, { name, relation, toMiddleware, override: true });
  }
};

export const leaveOutLogger = (command: { readonly middlewareStack: unknown }): void =>
  (command.middlewareStack as Stack).add(<HANDLER>(next: HANDLER) => next, {
    step: 'initialize',
    name: 'loggerMiddleware',
    override: true,
  });

interface Stack {
  addRelativeTo(middleware: unknown, options: Omit<PlacedMiddleware, 'middleware'> & { override: boolean }): void;
  add(middleware: unknown, options: { step: 'initialize'; name: string; override: boolean }): void;
}
