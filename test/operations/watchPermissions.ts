import type { EventTableResource } from '@castore-dynamodb/table';

/** What requests needed: the actions, sorted, by the resource that they went to. */
export type NeededPermissions = Record<string, string[]>;

/** Which resource each table is, by its name. */
export type Tables = ReadonlyMap<string, EventTableResource>;

/** A client of DynamoDB or of its streams. */
export interface WatchedClient {
  middlewareStack: { add: (middleware: never, options: never) => void };
}

interface Need {
  action: string;
  resource: EventTableResource;
}

/** Runs something, and tells what IAM has to allow for the requests that the clients sent meanwhile. */
export type Watch = (run: () => Promise<unknown>) => Promise<NeededPermissions>;

/** Looks at the requests as they go out: at what the wire says, not at what the code that sent them calls them. */
export const watchPermissions = (clients: readonly WatchedClient[], tables: Tables): Watch => {
  const needs: Need[] = [];
  const watch = (next: (args: Sent) => unknown) => async (args: Sent) => {
    const { headers, body } = args.request;
    const [, service = '', operation = ''] =
      /^(DynamoDB|DynamoDBStreams)_20120810\.(\w+)$/.exec(headers['x-amz-target'] ?? '') ?? [];
    const input = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
    needs.push(...(service === 'DynamoDBStreams' ? ofStream(operation) : ofTable(operation, input, tables)));
    return next(args);
  };
  for (const { middlewareStack } of clients) {
    middlewareStack.add(
      watch as never,
      { step: 'finalizeRequest', priority: 'low', name: 'watchPermissions' } as never,
    );
  }

  return async run => {
    needs.length = 0;
    await run();
    return grouped(needs);
  };
};

interface Sent {
  request: { headers: Record<string, string>; body: string | Uint8Array };
}

/** A poller looks up the stream that a table has at the moment, so it may be any of the table's. */
const ofStream = (operation: string): Need[] => [{ action: `dynamodb:${operation}`, resource: 'anyStream' }];

/**
 * A transaction has no action of its own: a Put in it is governed by PutItem on its item's table, and the others likewise.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
const ofTable = (operation: string, input: any, tables: Tables): Need[] => {
  const need = (action: string, tableName: string): Need => {
    const resource = tables.get(tableName);
    if (resource === undefined) throw new Error(`${action} went to ${tableName}, which is none of the tables.`);
    return { action: `dynamodb:${action}`, resource };
  };
  switch (operation) {
    case 'TransactWriteItems':
      return input.TransactItems.flatMap((item: Record<string, { TableName: string }>) =>
        Object.entries(item).map(([kind, { TableName }]) =>
          need(kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`, TableName),
        ),
      );
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(input.RequestItems).map(tableName => need(operation, tableName));
    default: {
      const ofItsTable = need(operation, input.TableName);
      if (input.IndexName === undefined) return [ofItsTable];
      if (ofItsTable.resource !== 'table' || input.IndexName !== 'initialEvents') {
        throw new Error(`${operation} went to the index ${input.IndexName} of ${input.TableName}.`);
      }
      return [{ ...ofItsTable, resource: 'index' }];
    }
  }
};

const grouped = (needs: readonly Need[]): NeededPermissions => {
  const groups: Record<string, Set<string>> = {};
  for (const { action, resource } of needs) (groups[resource] ??= new Set()).add(action);
  return Object.fromEntries(Object.entries(groups).map(([resource, actions]) => [resource, [...actions].toSorted()]));
};
