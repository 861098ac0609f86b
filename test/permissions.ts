import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';

/** In place of the ARN of a stream, which requests for its records do not name. */
export const ANY_STREAM = 'any stream';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
}

const permission = (action: string, resource: string): string => `${action} on ${resource}`;

export const distinct = (permissions: string[]): string[] => [...new Set(permissions)].toSorted();

/** What policy statements allow; anything but plain permission is refused, since nobody here understands it. */
export const permissionsIn = (statements: object[]): string[] =>
  distinct(
    (statements as Statement[]).flatMap(({ Effect, Action, Resource, ...others }) => {
      if (Effect !== 'Allow' || Object.keys(others).length > 0) {
        throw new Error(`More than an action and a resource: ${JSON.stringify({ Effect, ...others })}`);
      }
      return [Action].flat().flatMap(action => [Resource].flat().map(resource => permission(action, resource)));
    }),
  );

/**
 * What IAM has to allow for a request. A transaction has no action of its own: a Put in it is governed by PutItem on its
 * item's table, and the others likewise.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export const permissionsFor = (operation: string, body: any, arnOf: (tableName: string) => string): string[] => {
  if (operation === 'TransactWriteItems') {
    return body.TransactItems.flatMap((item: Record<string, { TableName: string }>) =>
      Object.entries(item).map(([kind, { TableName }]) => permission(`dynamodb:${kind}Item`, arnOf(TableName))),
    );
  }
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') {
    return Object.keys(body.RequestItems).map(tableName => permission(`dynamodb:${operation}`, arnOf(tableName)));
  }
  // Requests for streams; a poller looks up which of the table's streams is on at the moment.
  if (body.StreamArn !== undefined || body.ShardIterator !== undefined) {
    return [permission(`dynamodb:${operation}`, ANY_STREAM)];
  }
  const index = body.IndexName === undefined ? '' : `/index/${body.IndexName}`;
  return [permission(`dynamodb:${operation}`, `${arnOf(body.TableName)}${index}`)];
};

export interface SentRequest {
  operation: string;
  body: unknown;
}

/** Notes every request of a client as it goes out: what the wire says, not what the code that sent it calls it. */
export const watchRequests = (
  client: DynamoDBClient | DynamoDBStreamsClient,
  sent: SentRequest[] = [],
): SentRequest[] => {
  (client as DynamoDBClient).middlewareStack.add(
    next => async args => {
      const { headers, body } = args.request as { headers: Record<string, string>; body: string | Uint8Array };
      const [, operation = ''] = /^DynamoDB(?:Streams)?_20120810\.(\w+)$/.exec(headers['x-amz-target'] ?? '') ?? [];
      sent.push({ operation, body: JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) });
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'watchRequests' },
  );
  return sent;
};
