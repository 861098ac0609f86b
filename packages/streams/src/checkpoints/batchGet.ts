import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { inParts } from '@castore-dynamodb/commons';

import { backOff } from '../backOff.js';

type Item = Record<string, AttributeValue>;

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MAX_KEYS = 100;

/**
 * The items of a table that have these keys, in any order; strongly consistent. Each key may be there once only.
 *
 * Costs a request for each 100 keys, and a read unit for each 4 KB of each item, one where there is none.
 */
export const batchGet = async (client: DynamoDBClient, tableName: string, keys: readonly Item[]): Promise<Item[]> => {
  const items: Item[] = [];
  for (const part of inParts(keys, MAX_KEYS)) {
    let wanted: Item[] | undefined = part;
    // DynamoDB answers 16 MB at most, and less under load: what it left out is asked for again.
    for (let attempt = 1; wanted !== undefined && wanted.length > 0; attempt++) {
      if (attempt > 1) await backOff(attempt - 1);
      const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await client.send(
        new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: wanted, ConsistentRead: true } } }),
      );
      items.push(...(Responses?.[tableName] ?? []));
      wanted = UnprocessedKeys?.[tableName]?.Keys;
    }
  }
  return items;
};
