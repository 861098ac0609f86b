import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export interface CrashPlan {
  /** The request, from 1, in which the process dies. */
  request: number;
  /** Whether that request still reaches DynamoDB, so that only its answer is lost. */
  isSent: boolean;
}

/** Lets the process that uses this client die; returns how many requests it has made by now. */
export const crashAt = (client: DynamoDBClient, { request, isSent }: CrashPlan): (() => number) => {
  let count = 0;
  client.middlewareStack.add(
    next => async args => {
      const number = ++count;
      if (number > request || (number === request && !isSent)) throw new Error('The process died before the request');
      const reply = await next(args);
      if (number === request) throw new Error('The process died after the request');
      return reply;
    },
    { step: 'initialize', name: 'crash' },
  );
  return () => count;
};
