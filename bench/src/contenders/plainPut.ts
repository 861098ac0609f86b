import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

import { eventOf } from '../data/events.js';
import { pushIdOf, toItem } from '../data/items.js';
import type { CreateContender } from './contender.js';

/** A PutItem of the item that our adapter stores, made beforehand: what a push costs without an adapter. */
export const plainPut: CreateContender = ({ config, tableName, aggregateId }) => {
  const client = new DynamoDBClient(config);
  const Item = { ...toItem(eventOf(aggregateId, 2, 300)), pushId: pushIdOf(2) };
  const input = {
    TableName: tableName,
    Item,
    ConditionExpression: 'attribute_not_exists(#version)',
    ExpressionAttributeNames: { '#version': 'version' },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const;
  return { push: async () => void (await client.send(new PutItemCommand(input))) };
};
