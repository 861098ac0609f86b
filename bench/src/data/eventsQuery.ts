import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';

import { EVENT_STORE_ID } from './events.js';

/** A Query of all events of an aggregate. */
export const eventsQuery = (tableName: string, aggregateId: string) =>
  ({
    TableName: tableName,
    ConsistentRead: true,
    KeyConditionExpression: '#aggregateId = :aggregateId',
    ExpressionAttributeNames: { '#aggregateId': 'aggregateId' },
    ExpressionAttributeValues: { ':aggregateId': { S: `${EVENT_STORE_ID}#${aggregateId}` } },
  }) satisfies QueryCommandInput;
