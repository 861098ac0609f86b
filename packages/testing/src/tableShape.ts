import type { TableDescription } from '@aws-sdk/client-dynamodb';

/** What an adapter relies on: keys, attribute definitions, index and projection, as DescribeTable tells them. */
export type TableShape = Pick<TableDescription, 'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes'>;

/** A table's shape alone. Attribute definitions have no order; each engine gives them another. */
export const tableShape = ({
  AttributeDefinitions = [],
  KeySchema,
  GlobalSecondaryIndexes,
}: TableShape): TableShape => ({
  AttributeDefinitions: AttributeDefinitions.toSorted((a, b) =>
    String(a.AttributeName).localeCompare(String(b.AttributeName)),
  ),
  KeySchema,
  GlobalSecondaryIndexes: GlobalSecondaryIndexes?.map(index => ({
    IndexName: index.IndexName,
    KeySchema: index.KeySchema,
    Projection: index.Projection,
  })),
});
