import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventTableLayout } from '@castore-dynamodb/table';

import { type Operation, operationsAcross, operationsOn } from './operations.js';

/** The permissions that are given for each operation: `dynamodb:Query on arn:aws:…`. */
export type Grants = Record<Operation['grants'][number], string[]>;

/** A table as it was deployed, and what was granted on it. */
export interface GrantedTable {
  layout: EventTableLayout;
  tableName: string;
  tableArn: string;
  grants: Grants;
}

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
  if (operation === 'BatchGetItem') {
    return Object.keys(body.RequestItems).map(tableName => permission('dynamodb:BatchGetItem', arnOf(tableName)));
  }
  const index = body.IndexName === undefined ? '' : `/index/${body.IndexName}`;
  return [permission(`dynamodb:${operation}`, `${arnOf(body.TableName)}${index}`)];
};

interface SentRequest {
  operation: string;
  body: unknown;
}

/** Notes every request of a client as it goes out: what the wire says, not what the code that sent it calls it. */
export const watchRequests = (client: DynamoDBClient): SentRequest[] => {
  const sent: SentRequest[] = [];
  client.middlewareStack.add(
    next => async args => {
      const { headers, body } = args.request as { headers: Record<string, string>; body: string | Uint8Array };
      const [, operation = ''] = /^DynamoDB_20120810\.(\w+)$/.exec(headers['x-amz-target'] ?? '') ?? [];
      sent.push({ operation, body: JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) });
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'watchRequests' },
  );
  return sent;
};

/**
 * Runs every operation of an adapter on the tables, and compares the permissions that its requests need with those that
 * were granted for it: none may be missing, and none left over.
 */
export const comparePermissions = async (
  dynamoDbClient: DynamoDBClient,
  tables: [GrantedTable, GrantedTable],
): Promise<{ needed: Record<string, string[]>; granted: Record<string, string[]> }> => {
  const sent = watchRequests(dynamoDbClient);
  const arnOf = (tableName: string): string =>
    tables.find(table => table.tableName === tableName)?.tableArn ?? `the unknown table ${tableName}`;
  const needed: Record<string, string[]> = {};
  const granted: Record<string, string[]> = {};

  const compare = async ({ name, grants, run }: Operation, on: GrantedTable[]): Promise<void> => {
    const title = `${name}, ${on.map(({ layout }) => layout).join(' and ')}`;
    sent.length = 0;
    await run();
    needed[title] = distinct(sent.flatMap(({ operation, body }) => permissionsFor(operation, body, arnOf)));
    granted[title] = distinct(on.flatMap(table => grants.flatMap(grant => table.grants[grant])));
  };
  for (const table of tables) {
    for (const operation of operationsOn(dynamoDbClient, table)) await compare(operation, [table]);
  }
  for (const operation of operationsAcross(dynamoDbClient, tables)) await compare(operation, tables);

  return { needed, granted };
};
