import type { AttributeValue, Put, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { PROJECTION_TABLE_EXPIRES_AT_KEY, PROJECTION_TABLE_PK, PROJECTION_TABLE_SK } from '@castore-dynamodb/table';

import { DifferentInputError, UnreadableResultError } from '../errors.js';
import { hashOf } from './fingerprint.js';
import { unpackResult } from './storedResult.js';

/** The key of a call: where its record lies, and which input it has. */
export interface IdempotencyKey {
  readonly commandId: string;
  readonly partitionKey: string;
  readonly fingerprint: string;
}

/** Begins the partition keys: no projection, whose views and checkpoints lie in such a table too, has a name like this. */
const PREFIX = '#runOnce#';
const SORT_KEY = 'result';

const INPUT_KEY = 'input';
const RESULT_KEY = 'result';

const SECONDS_A_DAY = 86_400;

/**
 * Neither key nor input is stored, only their hashes. @throws InvalidArgumentError for input that cannot be compared.
 */
export const idempotencyKeyOf = (commandId: string, key: string, input: unknown): IdempotencyKey => ({
  commandId,
  partitionKey: PREFIX + hashOf(commandId, key),
  fingerprint: hashOf(commandId, key, input),
});

/** A Query, whose answer says in any case that it is one: that of a GetItem that finds nothing is empty. */
export const recordQuery = (tableName: string, { partitionKey }: IdempotencyKey): QueryCommandInput => ({
  TableName: tableName,
  ConsistentRead: true,
  KeyConditionExpression: '#pk = :pk and #sk = :sk',
  ExpressionAttributeNames: { '#pk': PROJECTION_TABLE_PK, '#sk': PROJECTION_TABLE_SK },
  ExpressionAttributeValues: { ':pk': { S: partitionKey }, ':sk': { S: SORT_KEY } },
});

/** Stores a result, unless there is one. For PutItem, and likewise for a transaction. */
export const recordPut = (
  tableName: string,
  { partitionKey, fingerprint }: IdempotencyKey,
  result: Uint8Array,
  days: number,
): Put & { Item: Record<string, AttributeValue> } => ({
  TableName: tableName,
  Item: {
    [PROJECTION_TABLE_PK]: { S: partitionKey },
    [PROJECTION_TABLE_SK]: { S: SORT_KEY },
    [INPUT_KEY]: { S: fingerprint },
    [RESULT_KEY]: { B: result },
    [PROJECTION_TABLE_EXPIRES_AT_KEY]: { N: String(Math.ceil(Date.now() / 1000 + days * SECONDS_A_DAY)) },
  },
  // No clock decides: an expired record counts for as long as it is there.
  ConditionExpression: 'attribute_not_exists(#pk)',
  ExpressionAttributeNames: { '#pk': PROJECTION_TABLE_PK },
});

/** @throws DifferentInputError, UnreadableResultError */
export const resultOf = async (
  idempotencyKey: IdempotencyKey,
  item: Record<string, AttributeValue>,
): Promise<unknown> => {
  const { [INPUT_KEY]: input, [RESULT_KEY]: result } = item;
  if (typeof input?.S !== 'string' || result?.B === undefined)
    throw new UnreadableResultError(idempotencyKey.commandId);
  if (input.S !== idempotencyKey.fingerprint) throw new DifferentInputError(idempotencyKey.commandId);
  try {
    return await unpackResult(result.B);
  } catch (cause) {
    throw new UnreadableResultError(idempotencyKey.commandId, { cause });
  }
};
