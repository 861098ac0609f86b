import {
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_IS_INITIAL_EVENT_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
} from '@castore-dynamodb/table';

import type { ExaminedAggregate } from '../content.js';
import { type Finding, problem } from '../finding.js';

/** Later events that are in the index of first events too: listings have their aggregate more than once. */
export const findDuplicatedFirstEvents = (aggregate: ExaminedAggregate): Finding[] => {
  const { tableName, layout, eventStoreId, aggregateId, partitionKey, events } = aggregate;
  const name = layout === 'single-table' ? EVENT_TABLE_EVENT_STORE_ID_KEY : EVENT_TABLE_IS_INITIAL_EVENT_KEY;
  return events
    .filter(({ version, indexKey }) => version > 1 && indexKey !== undefined)
    .map(({ version }) =>
      problem('duplicated-first-event', {
        tableName,
        eventStoreId,
        aggregateId,
        version,
        message: `Version ${version} of ${aggregateId} in ${eventStoreId} is in the index of first events too, so that it is listed again.`,
        remedy: `Remove its attribute ${name}: --json shows the UpdateItem request.`,
        request: {
          operation: 'UpdateItem',
          input: {
            TableName: tableName,
            Key: { [EVENT_TABLE_PK]: { S: partitionKey }, [EVENT_TABLE_SK]: { N: String(version) } },
            UpdateExpression: 'REMOVE #key',
            ConditionExpression: 'attribute_exists(#pk)',
            ExpressionAttributeNames: { '#key': name, '#pk': EVENT_TABLE_PK },
          },
        },
      }),
    );
};
