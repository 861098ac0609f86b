import { DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery as paginateDocuments } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

import { EVENT_STORE_ID } from '../data/events.js';
import { eventsQuery } from '../data/eventsQuery.js';
import type { CreateContender } from './contender.js';

/** Items as the SDK's document client reads them: what one writes without an event store. */
export const documentClient: CreateContender = ({ config, tableName, aggregateId }) => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  const query = {
    ...eventsQuery(tableName, aggregateId),
    ExpressionAttributeValues: { ':aggregateId': `${EVENT_STORE_ID}#${aggregateId}` },
  };
  return {
    read: async onFirst => {
      const items: unknown[] = [];
      // The paginator writes into its input.
      for await (const { Items = [] } of paginateDocuments({ client }, { ...query }))
        for (const item of Items) items.push(item);
      onFirst();
      return items;
    },
  };
};

/** A Query by the SDK, and `unmarshall` of each item. */
export const unmarshallItems: CreateContender = ({ config, tableName, aggregateId }) => {
  const client = new DynamoDBClient(config);
  return {
    read: async onFirst => {
      const items: unknown[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, eventsQuery(tableName, aggregateId))) {
        for (const item of Items) items.push(unmarshall(item));
      }
      onFirst();
      return items;
    },
  };
};
