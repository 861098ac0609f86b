import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { isItemOfPush } from '../events/eventItem.js';
import { refusedItem } from '../wire/refusals.js';
import { putEventCommand } from '../wire/writeCommands.js';
import { conflictWith } from './conflict.js';
import type { PreparedEvent, PushMode } from './prepareEvent.js';
import { hadUnansweredAttempts, retryWhile } from './retry.js';

const isNamed = (error: unknown, name: string): error is Error => error instanceof Error && error.name === name;

const isTransactionUnderWay = (error: unknown): boolean => isNamed(error, 'TransactionConflictException');

/** Writes one event in one PutItem request. */
export const putEvent = async (client: DynamoDBClient, prepared: PreparedEvent, mode: PushMode): Promise<void> => {
  let mayBeStored = false;
  const isWorthRepeating = (error: unknown): boolean => {
    mayBeStored ||= hadUnansweredAttempts(error);
    return isTransactionUnderWay(error);
  };
  try {
    await retryWhile(isWorthRepeating, () =>
      client.send(putEventCommand(client, prepared.put, prepared.hasProtoMember)),
    );
  } catch (error) {
    // A conflict says that nothing was stored; where that is not sure, the error is left as it is.
    if (isTransactionUnderWay(error) && !mayBeStored) throw conflictWith(prepared, undefined, error);
    if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
    const winner = refusedItem(error);
    // The answer to this very push was lost, and the SDK sent it again: the event is stored, once, as wanted.
    if (!mode.force && isItemOfPush(winner, mode.pushId)) return;
    throw conflictWith(prepared, winner, error);
  }
};
