import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_IS_INITIAL_EVENT_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
} from '@castore-dynamodb/table';

import type { ExaminedAggregate } from '../content.js';
import { type Finding, problem } from '../finding.js';

/** A first event that is not in the index, or in that of another event store: no listing has its aggregate. */
export const findUnlisted = (aggregate: ExaminedAggregate): Finding[] => {
  const { tableName, layout, eventStoreId, aggregateId, partitionKey, events } = aggregate;
  const [first] = events;
  // Without a first event there is a gap.
  if (first === undefined || first.version !== 1 || isListed(aggregate, first.indexKey)) return [];
  const [name, value]: [string, AttributeValue] =
    layout === 'single-table'
      ? [EVENT_TABLE_EVENT_STORE_ID_KEY, { S: eventStoreId }]
      : [EVENT_TABLE_IS_INITIAL_EVENT_KEY, { N: '1' }];
  return [
    problem('unlisted-aggregate', {
      tableName,
      eventStoreId,
      aggregateId,
      version: 1,
      message: `${aggregateId} in ${eventStoreId} is in no listing: its first event has no ${name} ${JSON.stringify(value)}.`,
      remedy: `Set that attribute: --json shows the UpdateItem request. No other attribute of an event may be changed.`,
      request: {
        operation: 'UpdateItem',
        input: {
          TableName: tableName,
          Key: { [EVENT_TABLE_PK]: { S: partitionKey }, [EVENT_TABLE_SK]: { N: '1' } },
          UpdateExpression: 'SET #key = :key',
          ConditionExpression: 'attribute_exists(#pk)',
          ExpressionAttributeNames: { '#key': name, '#pk': EVENT_TABLE_PK },
          ExpressionAttributeValues: { ':key': value },
        },
      },
    }),
  ];
};

/** New aggregates may be spread over `<event store>#0`, `<event store>#1`…: see `initialEventShards`. */
const isListed = ({ layout, eventStoreId }: ExaminedAggregate, indexKey: AttributeValue | undefined): boolean => {
  if (layout === 'table-per-store') return indexKey?.N === '1';
  const key = indexKey?.S;
  if (key === undefined) return false;
  return (
    key === eventStoreId || (key.startsWith(`${eventStoreId}#`) && /^\d+$/.test(key.slice(eventStoreId.length + 1)))
  );
};
