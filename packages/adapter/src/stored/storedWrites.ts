import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { request } from '@castore-dynamodb/commons';
import { EVENT_TABLE_PK, EVENT_TABLE_SK } from '@castore-dynamodb/table';

import { checkEventSize } from '../codec/checkEventSize.js';
import type { Item } from '../codec/eventItem.js';
import { itemSize } from '../codec/itemSize.js';
import type { EventLocation } from '../errors.js';
import { cancellationReasons, isPassingCancellation } from '../push/cancellations.js';
import { isWriteUnderWay } from '../push/pushEvent.js';
import { isRefused, refusedItem } from '../push/refusals.js';
import { repeatWrite } from '../push/repeatWrite.js';
import { sendPut } from '../push/writeCommands.js';
import { TransactWriteItemsCommand } from '../sdkCommands.js';
import { asRead } from './asRead.js';
import { hasRedaction } from './redactions.js';

export interface Bounds {
  readonly tableName: string;
  readonly deadlineMs: number;
}

/**
 * `changed`: an event is no longer what was read, or is not there, and nothing was written.
 *
 * @example
 * const { outcome, writeUnits } = await stored.removeLast([storedEvent]);
 * if (outcome === 'changed') console.log('Somebody else has written in the meantime: read again.', writeUnits);
 */
export interface StoredWrite {
  readonly outcome: 'written' | 'changed';
  readonly writeUnits: number;
}

/** @throws EventTooLargeError, and what the SDK throws */
export const putIfAsRead = async (
  client: DynamoDBClient,
  before: EventLocation & { readonly item: Item },
  item: Item,
  id: string,
  bounds: Bounds,
): Promise<StoredWrite> => {
  checkEventSize(before, itemSize(item));
  const put = {
    TableName: bounds.tableName,
    Item: item,
    ...asRead(before.item),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    ReturnConsumedCapacity: 'TOTAL' as const,
  };
  let writeUnits = 0;
  const failed = await repeatWrite([bounds.tableName], isWriteUnderWay, async () => {
    // An answer to a write may be empty; DynamoDB says what it cost.
    const { ConsumedCapacity } = await request(
      { operation: 'PutItem', requires: 'ConsumedCapacity', ...bounds },
      abortSignal => sendPut(client, put, { abortSignal }),
    );
    writeUnits = ConsumedCapacity?.CapacityUnits ?? 0;
  });
  if (failed === undefined) return { outcome: 'written', writeUnits };
  const { error, isConflict } = failed;
  if (isConflict) return { outcome: 'changed', writeUnits };
  if (!isRefused(error)) throw error;
  // The answer to this very write was lost, and it was sent again.
  return { outcome: hasRedaction(refusedItem(error), id) ? 'written' : 'changed', writeUnits };
};

/** The last events of one aggregate: all of them or none, and not if there is one after them. */
export const removeIfAsRead = async (
  client: DynamoDBClient,
  items: readonly Item[],
  bounds: Bounds,
): Promise<StoredWrite> => {
  const { tableName: TableName } = bounds;
  const [first] = items;
  const last = Math.max(...items.map(item => Number(item[EVENT_TABLE_SK]?.N)));
  const keyOf = (version: AttributeValue) => ({
    [EVENT_TABLE_PK]: first?.[EVENT_TABLE_PK] as AttributeValue,
    [EVENT_TABLE_SK]: version,
  });
  const command = new TransactWriteItemsCommand({
    TransactItems: [
      ...items.map(item => ({
        Delete: { TableName, Key: keyOf(item[EVENT_TABLE_SK] as AttributeValue), ...asRead(item) },
      })),
      {
        ConditionCheck: {
          TableName,
          Key: keyOf({ N: String(last + 1) }),
          ConditionExpression: 'attribute_not_exists(#version)',
          ExpressionAttributeNames: { '#version': EVENT_TABLE_SK },
        },
      },
    ],
    ReturnConsumedCapacity: 'TOTAL',
  });
  let writeUnits = 0;
  const failed = await repeatWrite([TableName], isPassingCancellation, async () => {
    const { ConsumedCapacity } = await request(
      { operation: 'TransactWriteItems', requires: 'ConsumedCapacity', ...bounds },
      abortSignal => client.send(command, { abortSignal }),
    );
    writeUnits = (ConsumedCapacity ?? []).reduce((units, { CapacityUnits = 0 }) => units + CapacityUnits, 0);
  });
  if (failed === undefined) return { outcome: 'written', writeUnits };
  const { error, isConflict } = failed;
  const isRefusal = cancellationReasons(error)?.some(({ Code }) => Code === 'ConditionalCheckFailed') ?? false;
  if (!isConflict && !isRefusal) throw error;
  return { outcome: 'changed', writeUnits };
};
