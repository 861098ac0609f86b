import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventTableLayout } from '@castore-dynamodb/table';

import { distinct, permissionsFor, watchRequests } from '../permissions.js';
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
