import { GetItemCommand } from '@aws-sdk/client-dynamodb';

import type { StreamRecord } from '../../src/index.js';
import type { StreamsContext } from './describeOnEveryLayout.js';

/** The stream record of a pokemon's event, as Lambda would hand it to a function. */
export const recordOf = async (
  { layout, dynamoDbClient, tableNames }: Pick<StreamsContext, 'layout' | 'dynamoDbClient' | 'tableNames'>,
  aggregateId: string,
  version: number,
): Promise<StreamRecord> => {
  const { pokemons: TableName } = tableNames;
  const key = layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId;
  const Key = { aggregateId: { S: key }, version: { N: String(version) } };
  const { Item } = await dynamoDbClient.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  return {
    eventSourceARN: `arn:aws:dynamodb:us-east-1:123456789012:table/${TableName}/stream/2026-01-01T00:00:00.000`,
    dynamodb: { NewImage: Item },
  };
};
