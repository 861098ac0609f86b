import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb';
import { type EventTableDefinition, type EventTableLayout, eventTableDefinition } from '@castore-dynamodb/table';

import type { EventTableDifference } from '../errors/index.js';
import { checkClient, checkKeyString, checkLayout, checkObject } from '../events/checkEvent.js';

export interface EventTableName {
  /** The table's name or ARN. */
  tableName: string;
}

export interface EventTableReference extends EventTableName {
  layout: EventTableLayout;
}

export interface EventTableState {
  /** DynamoDB's own word: `ACTIVE`, `CREATING`, `UPDATING`, `DELETING`… */
  readonly status: string;
  /** How the deployed table differs from `eventTableDefinition(layout)`; none where an adapter can use it. */
  readonly differences: readonly EventTableDifference[];
}

/**
 * How a deployed table differs from the one that the adapters expect. Further indexes and settings are no difference.
 *
 * Costs one DescribeTable request.
 *
 * @throws InvalidArgumentError before any request; DynamoDB's ResourceNotFoundException where there is no such table.
 */
export const describeEventTable = async (
  dynamoDbClient: DynamoDBClient,
  options: EventTableReference,
): Promise<EventTableState> => {
  checkClient(dynamoDbClient, 'dynamoDbClient');
  checkTableName(options);
  checkLayout(options.layout, 'options.layout');
  const definition = eventTableDefinition(options.layout);
  const { Table: table } = await dynamoDbClient.send(new DescribeTableCommand({ TableName: options.tableName }));
  return { status: table?.TableStatus ?? 'UNKNOWN', differences: findDifferences(definition, table ?? {}) };
};

export const checkTableName = (options: EventTableName): void => {
  checkObject(options, 'options');
  checkKeyString(options.tableName, 'options.tableName');
};

const findDifferences = (definition: EventTableDefinition, table: TableDescription): EventTableDifference[] => {
  const actualFacts = tableFacts(table);
  return [...tableFacts(definition)].flatMap(([what, expected]) => {
    const actual = actualFacts.get(what) ?? 'missing';
    return actual === expected ? [] : [{ what, expected, actual }];
  });
};

type TableShape = Pick<TableDescription, 'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes'>;

/** What matters of a table, a line a fact; a definition and a deployed table have the same shape. */
const tableFacts = ({
  AttributeDefinitions = [],
  KeySchema,
  GlobalSecondaryIndexes = [],
}: TableShape): Map<string, string> => {
  const describeKey = (schema: TableShape['KeySchema'], keyType: 'HASH' | 'RANGE'): string => {
    const name = schema?.find(({ KeyType }) => KeyType === keyType)?.AttributeName;
    const type = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
    return name === undefined ? 'missing' : `${name} (${type})`;
  };
  const facts = new Map([
    ['partition key', describeKey(KeySchema, 'HASH')],
    ['sort key', describeKey(KeySchema, 'RANGE')],
  ]);
  for (const { IndexName, KeySchema: indexKeySchema, Projection } of GlobalSecondaryIndexes) {
    facts.set(`index ${IndexName}, partition key`, describeKey(indexKeySchema, 'HASH'));
    facts.set(`index ${IndexName}, sort key`, describeKey(indexKeySchema, 'RANGE'));
    facts.set(`index ${IndexName}, projection`, Projection?.ProjectionType ?? 'missing');
  }
  return facts;
};
