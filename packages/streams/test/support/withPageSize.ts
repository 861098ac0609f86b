import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Lets every scan of a client read this many items at most, so that a small table has several pages. */
export const withPageSize = (client: DynamoDBClient, limit: number): DynamoDBClient => {
  client.middlewareStack.add(
    (next, context) => args =>
      next(context.commandName === 'ScanCommand' ? { ...args, input: { ...args.input, Limit: limit } } : args),
    { step: 'initialize', name: 'withPageSize' },
  );
  return client;
};
