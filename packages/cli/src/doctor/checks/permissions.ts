import { randomUUID } from 'node:crypto';

import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { isNamed, request } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  type EventTableAction,
  type EventTableLayout,
  type EventTableOperation,
  type EventTablePermissions,
  eventTableDefinition,
  eventTableOperations,
} from '@castore-dynamodb/table';

import type { Finding } from '../finding.js';
import { isDenied, missingPermission } from '../permission.js';

const DEADLINE_MS = 20_000;

interface TriedTable {
  readonly tableName: string;
  readonly dynamoDbClient: DynamoDBClient;
  readonly layout: EventTableLayout | undefined;
}

/**
 * Tries what operations need on the event table and its index, with requests that read next to nothing and write nothing: a
 * write has a condition that cannot hold, and costs the unit of a failed one. Actions on streams and on other tables are
 * not tried.
 */
export const findMissingPermissions = async (
  { tableName, dynamoDbClient, layout }: TriedTable,
  operations: readonly EventTableOperation[],
): Promise<Finding[]> => {
  if (layout === undefined) return [];
  const neededBy = new Map<string, { probe: Probe; action: EventTableAction; operations: string[] }>();
  for (const operation of operations) {
    const { table = [], index = [] }: EventTablePermissions = eventTableOperations[operation];
    for (const [actions, probes] of [
      [table, TABLE_PROBES],
      [index, INDEX_PROBES],
    ] as readonly (readonly [readonly EventTableAction[], Probes])[]) {
      for (const action of actions) {
        const probe = probes[action];
        if (probe === undefined) continue;
        const key = `${action} ${probes === INDEX_PROBES}`;
        const known = neededBy.get(key) ?? { probe, action, operations: [] };
        known.operations.push(operation);
        neededBy.set(key, known);
      }
    }
  }
  const findings: Finding[] = [];
  for (const { probe, action, operations: needing } of neededBy.values()) {
    const error = await denialOf(() => send(dynamoDbClient, probe, tableName, layout));
    if (error === undefined) continue;
    findings.push(
      missingPermission(tableName, error, action, `${needing.join(', ')} ${needing.length > 1 ? 'need' : 'needs'} it`),
    );
  }
  return findings;
};

/** The refusal, if the request was refused for lack of a permission. Any other answer shows that it is permitted. */
const denialOf = async (probe: () => Promise<unknown>): Promise<unknown> => {
  try {
    await probe();
    return undefined;
  } catch (error) {
    if (isDenied(error)) return error;
    if (EXPECTED.some(name => (error as { name?: unknown } | undefined)?.name === name)) return undefined;
    throw error;
  }
};

/** Of a condition that cannot hold; of an index that is missing, which is another finding. */
const EXPECTED = [
  'ConditionalCheckFailedException',
  'TransactionCanceledException',
  'ResourceNotFoundException',
  'ValidationException',
];

type Probes = Readonly<Partial<Record<EventTableAction, Probe>>>;

/** Sends one request. */
type Probe = (
  client: DynamoDBClient,
  options: { readonly abortSignal: AbortSignal },
  tableName: string,
  layout: EventTableLayout,
) => Promise<unknown>;

const send = (client: DynamoDBClient, probe: Probe, tableName: string, layout: EventTableLayout): Promise<unknown> =>
  request<unknown>({ operation: 'A request that tries a permission', deadlineMs: DEADLINE_MS }, abortSignal =>
    probe(client, { abortSignal }, tableName, layout),
  );

/** No aggregate has this id. */
const nowhere = () => ({ [EVENT_TABLE_PK]: { S: `#doctor#${randomUUID()}` }, [EVENT_TABLE_SK]: { N: '0' } });

const NEVER = { ConditionExpression: 'attribute_exists(#pk)', ExpressionAttributeNames: { '#pk': EVENT_TABLE_PK } };

const TABLE_PROBES: Probes = {
  'dynamodb:DescribeTable': (client, options, TableName) =>
    client.send(new DescribeTableCommand({ TableName }), options),
  'dynamodb:Query': (client, options, TableName) =>
    client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': EVENT_TABLE_PK },
        ExpressionAttributeValues: { ':pk': nowhere()[EVENT_TABLE_PK] },
        Limit: 1,
      }),
      options,
    ),
  'dynamodb:Scan': (client, options, TableName) => client.send(new ScanCommand({ TableName, Limit: 1 }), options),
  'dynamodb:GetItem': (client, options, TableName) =>
    client.send(new GetItemCommand({ TableName, Key: nowhere() }), options),
  'dynamodb:BatchGetItem': (client, options, TableName) =>
    client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [nowhere()] } } }), options),
  'dynamodb:PutItem': (client, options, TableName) =>
    client.send(new PutItemCommand({ TableName, Item: nowhere(), ...NEVER }), options),
  'dynamodb:UpdateItem': (client, options, TableName) =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: nowhere(),
        UpdateExpression: 'REMOVE #none',
        ...NEVER,
        ExpressionAttributeNames: { ...NEVER.ExpressionAttributeNames, '#none': 'none' },
      }),
      options,
    ),
  'dynamodb:DeleteItem': (client, options, TableName) =>
    client.send(new DeleteItemCommand({ TableName, Key: nowhere(), ...NEVER }), options),
  'dynamodb:ConditionCheckItem': (client, options, TableName) =>
    client.send(
      new TransactWriteItemsCommand({ TransactItems: [{ ConditionCheck: { TableName, Key: nowhere(), ...NEVER } }] }),
      options,
    ),
};

const INDEX_PROBES = {
  'dynamodb:Query': (client, options, TableName, layout) => {
    const [index] = eventTableDefinition(layout).GlobalSecondaryIndexes;
    const name = index?.KeySchema[0]?.AttributeName ?? '';
    return client.send(
      new QueryCommand({
        TableName,
        IndexName: EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
        KeyConditionExpression: '#key = :key',
        ExpressionAttributeNames: { '#key': name },
        ExpressionAttributeValues: { ':key': layout === 'single-table' ? { S: '#doctor' } : { N: '0' } },
        Limit: 1,
      }),
      options,
    );
  },
} satisfies Partial<Record<EventTableAction, Probe>>;

/**
 * The layout of a table that may not be described, by the key that its index takes: a Query of nothing, or two. Undefined if that
 * is not permitted either, or if it is no event table.
 */
export const layoutByIndex = async (
  client: DynamoDBClient,
  tableName: string,
): Promise<EventTableLayout | undefined> => {
  for (const layout of ['single-table', 'table-per-store'] as const) {
    try {
      await send(client, INDEX_PROBES['dynamodb:Query'], tableName, layout);
      return layout;
    } catch (error) {
      if (isDenied(error) || isNamed(error, 'ResourceNotFoundException')) return undefined;
      if (!isNamed(error, 'ValidationException')) throw error;
    }
  }
  return undefined;
};
