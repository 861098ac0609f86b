import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isNamed } from '@castore-dynamodb/commons';

import { isItemOfPush } from '../codec/eventItem.js';
import { conflictWith, type PreparedEvent, type PushMode } from './prepareEvent.js';
import { refusedItem } from './refusals.js';
import { repeatWrite } from './repeatWrite.js';
import { PutEventCommand } from './writeCommands.js';

/**
 * Another write of the same item is under way: a transaction or, with strong consistency across regions, one in another
 * region. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
 */
const isWriteUnderWay = (error: unknown): boolean =>
  isNamed(error, 'TransactionConflictException') || isNamed(error, 'ReplicatedWriteConflictException');

/** Writes one event in one PutItem request. */
export const putEvent = async (client: DynamoDBClient, prepared: PreparedEvent, mode: PushMode): Promise<void> => {
  const { put } = prepared;
  const failed = await repeatWrite([put.TableName], isWriteUnderWay, () =>
    client.send(new PutEventCommand(client, put)),
  );
  if (failed === undefined) return;
  const { error, isConflict } = failed;
  if (isConflict) throw conflictWith(prepared, undefined, error);
  if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
  const winner = refusedItem(error);
  // The answer to this very push was lost, and the SDK sent it again: the event is stored, once, as wanted.
  if (!mode.force && isItemOfPush(winner, mode.pushId)) return;
  throw conflictWith(prepared, winner, error);
};
