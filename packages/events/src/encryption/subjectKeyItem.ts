import { createHash } from 'node:crypto';

import type {
  AttributeValue,
  PutItemCommandInput,
  QueryCommandInput,
  ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { PROJECTION_TABLE_PK, PROJECTION_TABLE_SK } from '@castore-dynamodb/table';

/** What lies in the table of a subject: its data key, wrapped; or that it was forgotten. */
export type SubjectKeyItem = WrappedKey | ForgottenKey;

export interface WrappedKey {
  /** The name of the wrapping that it needs. */
  readonly wrapping: string;
  readonly wrappedKey: Uint8Array;
}

interface ForgottenKey {
  readonly forgottenAt: string;
}

export const isForgottenItem = (item: SubjectKeyItem): item is ForgottenKey => 'forgottenAt' in item;

/** Begins the partition keys: no projection, whose views and checkpoints may lie in the table too, has a name like this. */
const PREFIX = '#subjectKey#';
const SORT_KEY = 'key';

const ATTRIBUTES = {
  wrapping: 'wrapping',
  wrappedKey: 'wrappedKey',
  createdAt: 'createdAt',
  forgottenAt: 'forgottenAt',
} as const;

/** The bytes of a key's id, which every ciphertext begins with. */
export const KEY_ID_SIZE = 32;

/** A hash: a subject's id, which may be somebody's name, is neither in the table of keys nor in the events. */
export const keyIdOf = (subjectId: string): string =>
  createHash('sha256').update(`castore-dynamodb/subject\n${subjectId}`).digest('base64url');

const keyOf = (keyId: string): Record<string, AttributeValue> => ({
  [PROJECTION_TABLE_PK]: { S: PREFIX + keyId },
  [PROJECTION_TABLE_SK]: { S: SORT_KEY },
});

/** A Query, whose answer says in any case that it is one: that of a GetItem that finds nothing is empty. */
export const subjectKeyQuery = (tableName: string, keyId: string): QueryCommandInput => ({
  TableName: tableName,
  ConsistentRead: true,
  KeyConditionExpression: '#pk = :pk and #sk = :sk',
  ExpressionAttributeNames: { '#pk': PROJECTION_TABLE_PK, '#sk': PROJECTION_TABLE_SK },
  ExpressionAttributeValues: { ':pk': { S: PREFIX + keyId }, ':sk': { S: SORT_KEY } },
});

/** All keys, of whichever subject, and what was one: all but tombstones. */
export const subjectKeysScan = (tableName: string): ScanCommandInput => ({
  TableName: tableName,
  ConsistentRead: true,
  FilterExpression: 'begins_with(#pk, :prefix) and not attribute_type(#forgottenAt, :text)',
  ExpressionAttributeNames: { '#pk': PROJECTION_TABLE_PK, '#forgottenAt': ATTRIBUTES.forgottenAt },
  ExpressionAttributeValues: { ':prefix': { S: PREFIX }, ':text': { S: 'S' } },
});

export const keyIdOfItem = (item: Record<string, AttributeValue>): string =>
  (item[PROJECTION_TABLE_PK]?.S ?? '').slice(PREFIX.length);

/** Undefined if it is neither a key nor a tombstone. */
export const parseSubjectKeyItem = (item: Record<string, AttributeValue>): SubjectKeyItem | undefined => {
  const forgottenAt = item[ATTRIBUTES.forgottenAt]?.S;
  if (forgottenAt !== undefined) return { forgottenAt };
  const wrapping = item[ATTRIBUTES.wrapping]?.S;
  const wrappedKey = item[ATTRIBUTES.wrappedKey]?.B;
  return wrapping === undefined || wrappedKey === undefined ? undefined : { wrapping, wrappedKey };
};

const keyItem = (keyId: string, { wrapping, wrappedKey }: WrappedKey): Record<string, AttributeValue> => ({
  ...keyOf(keyId),
  [ATTRIBUTES.wrapping]: { S: wrapping },
  [ATTRIBUTES.wrappedKey]: { B: wrappedKey },
  [ATTRIBUTES.createdAt]: { S: new Date().toISOString() },
});

/** DynamoDB answers a write with nothing; the capacity is asked for so that an empty answer is not taken for one. */
const ANSWERED = { ReturnConsumedCapacity: 'TOTAL' } as const;

/** Stores a key, unless the subject has one or was forgotten. */
export const createPut = (tableName: string, keyId: string, key: WrappedKey): PutItemCommandInput => ({
  TableName: tableName,
  Item: keyItem(keyId, key),
  ConditionExpression: 'attribute_not_exists(#pk)',
  ExpressionAttributeNames: { '#pk': PROJECTION_TABLE_PK },
  ...ANSWERED,
});

/** Takes the place of a key, which is gone with it; the first tombstone stays. */
export const forgetPut = (tableName: string, keyId: string): PutItemCommandInput => ({
  TableName: tableName,
  Item: { ...keyOf(keyId), [ATTRIBUTES.forgottenAt]: { S: new Date().toISOString() } },
  ConditionExpression: 'attribute_not_exists(#forgottenAt)',
  ExpressionAttributeNames: { '#forgottenAt': ATTRIBUTES.forgottenAt },
  ...ANSWERED,
});

/** The same key, wrapped anew; not if somebody has changed it meanwhile, or the subject was forgotten. */
export const rewrapPut = (
  tableName: string,
  item: Record<string, AttributeValue>,
  before: WrappedKey,
  { wrapping, wrappedKey }: WrappedKey,
): PutItemCommandInput => ({
  TableName: tableName,
  Item: { ...item, [ATTRIBUTES.wrapping]: { S: wrapping }, [ATTRIBUTES.wrappedKey]: { B: wrappedKey } },
  ConditionExpression: '#wrappedKey = :before',
  ExpressionAttributeNames: { '#wrappedKey': ATTRIBUTES.wrappedKey },
  ExpressionAttributeValues: { ':before': { B: before.wrappedKey } },
  ...ANSWERED,
});
