import { QueryCommand } from '@aws-sdk/client-dynamodb';

import { eventsQuery } from '../data/eventsQuery.js';
import { readFirst } from './readFirst.js';

void readFirst((dynamoDbClient, tableName) => async aggregateId => {
  const { Items = [] } = await dynamoDbClient.send(new QueryCommand(eventsQuery(tableName, aggregateId)));
  return Items;
});
