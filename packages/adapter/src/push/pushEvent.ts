import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail, OptionalTimestamp, PushEventOptions } from '@castore/core';
import { checkBoolean, checkOptions, isNamed, type OptionNames } from '@castore-dynamodb/commons';

import { checkEventStoreId } from '../checks.js';
import { isItemOfPush } from '../codec/eventItem.js';
import type { EventStorage } from '../eventStorage.js';
import { checkEvent } from './checkEvent.js';
import { conflictWith, type PreparedEvent, prepareEvent } from './prepareEvent.js';
import { newPushId } from './pushId.js';
import { isRefused, refusedItem } from './refusals.js';
import { refuseGaps } from './refuseGaps.js';
import { repeatWrite } from './repeatWrite.js';
import { sendPut } from './writeCommands.js';

const OPTIONS = { eventStoreId: true, force: true } satisfies OptionNames<PushEventOptions>;

export const pushEvent = async (
  storage: EventStorage,
  event: OptionalTimestamp<EventDetail>,
  options: PushEventOptions,
): Promise<{ event: EventDetail }> => {
  checkOptions(options, 'options', OPTIONS);
  const { eventStoreId, force = false } = options;
  checkEventStoreId(storage.layout, eventStoreId, 'options.eventStoreId');
  checkBoolean(force, 'options.force');
  const given = checkEvent(storage.layout, eventStoreId, event, 'event');

  const pushId = force ? undefined : newPushId();
  const timestamp = given.timestamp ?? new Date().toISOString();
  const prepared = await prepareEvent(storage, eventStoreId, { ...given, timestamp }, pushId);
  if (storage.gapless) await refuseGaps([prepared]);
  await putEvent(storage.dynamoDbClient, prepared, pushId);
  return { event: prepared.event };
};

/**
 * Another write of the same item is under way: a transaction or, with strong consistency across regions, one in another
 * region. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
 */
export const isWriteUnderWay = (error: unknown): boolean =>
  isNamed(error, 'TransactionConflictException') || isNamed(error, 'ReplicatedWriteConflictException');

/** Writes one event in one PutItem request. */
export const putEvent = async (
  client: DynamoDBClient,
  prepared: PreparedEvent,
  pushId: Uint8Array | undefined,
): Promise<void> => {
  const { put } = prepared;
  const failed = await repeatWrite([put.TableName], isWriteUnderWay, () => sendPut(client, put));
  if (failed === undefined) return;
  const { error, isConflict } = failed;
  if (isConflict) throw await conflictWith(prepared, undefined, error);
  if (!isRefused(error)) throw error;
  const winner = refusedItem(error);
  // The answer to this very push was lost, and the SDK sent it again: the event is stored, once, as wanted.
  if (isItemOfPush(winner, pushId)) return;
  throw await conflictWith(prepared, winner, error);
};
