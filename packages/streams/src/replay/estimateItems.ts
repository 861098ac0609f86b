import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';

import type { ReplayedTable } from './replayedTables.js';

/** How many items the tables have, as DynamoDB last counted; undefined where that may not be asked. */
export const estimateItems = async (tables: readonly ReplayedTable[]): Promise<number | undefined> => {
  let items = 0;
  for (const { tableName, client } of tables) {
    try {
      const { Table: table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
      items += table?.ItemCount ?? 0;
    } catch (error) {
      if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
      throw error;
    }
  }
  return items;
};
