import {
  type AttributeValue,
  BatchWriteItemCommand,
  type BatchWriteItemCommandOutput,
  type DynamoDBClient,
  paginateScan,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { inParts } from '@castore-dynamodb/commons';

import { backOff } from '../backOff.js';
import { checkName, checkTable } from '../checkArguments.js';
import { isObject, isOptional, refuseUnless } from '../checkOptions.js';
import { PROJECTION_TABLE_PK, PROJECTION_TABLE_SK } from '../checkpoints/projectionTable.js';
import { PARKED_PREFIX, REPLAY_PREFIX } from './position.js';

type Item = Record<string, AttributeValue>;

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MAX_DELETES = 25;

export interface DeleteProjectionOptions {
  /** The projection's name. */
  name: string;
  /** The table of its views, or of its `DynamoDbCheckpointStore`. */
  tableName: string;
  dynamoDbClient: DynamoDBClient;
  /** Ends the work: it rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Deletes all that a projection has left in a table: views, positions, parked aggregates, replays that were interrupted.
 * What handlers wrote elsewhere stays. First see to it that nothing works for the projection any more: it would begin anew.
 *
 * Where it is interrupted, call it again: what is deleted stays so. When it is done, and not before, a new projection can
 * begin under the name.
 *
 * Costs the reading of the whole table, whose keys do not lie together: a read unit for each 4 KB and a request for each MB;
 * and a write unit for each KB of what is deleted, a request for each 25 items.
 *
 * @returns how many items were deleted.
 * @throws InvalidArgumentError before any request; the reason of the signal.
 */
export const deleteProjection = async (options: DeleteProjectionOptions): Promise<{ deletedItems: number }> => {
  refuseUnless(isObject(options), 'options', 'expected an object.');
  const { name, tableName, dynamoDbClient, signal } = options;
  checkName(name);
  checkTable({ tableName, dynamoDbClient });
  const isSignal = (value: unknown): boolean => value instanceof AbortSignal;
  refuseUnless(isOptional(signal, isSignal), 'signal', 'expected an AbortSignal.');

  signal?.throwIfAborted();
  let deletedItems = 0;
  for await (const { Items: keys = [] } of paginateScan({ client: dynamoDbClient }, keysOf(name, tableName))) {
    for (const part of inParts(keys, MAX_DELETES)) {
      signal?.throwIfAborted();
      await deleteItems(dynamoDbClient, tableName, part);
      deletedItems += part.length;
    }
    signal?.throwIfAborted();
  }
  return { deletedItems };
};

/** Other projections, pollers and whatever else is in the table are left out. */
const keysOf = (name: string, tableName: string): ScanCommandInput => ({
  TableName: tableName,
  ConsistentRead: true,
  ProjectionExpression: '#pk, #sk',
  FilterExpression:
    'begins_with(#pk, :ofAKey) or (#pk = :name and (begins_with(#sk, :parked) or begins_with(#sk, :replay)))',
  ExpressionAttributeNames: { '#pk': PROJECTION_TABLE_PK, '#sk': PROJECTION_TABLE_SK },
  ExpressionAttributeValues: {
    ':ofAKey': { S: `${name}#` },
    ':name': { S: name },
    ':parked': { S: PARKED_PREFIX },
    ':replay': { S: REPLAY_PREFIX },
  },
});

const deleteItems = async (client: DynamoDBClient, tableName: string, keys: readonly Item[]): Promise<void> => {
  let requests = keys.map(Key => ({ DeleteRequest: { Key } }));
  for (let attempt = 1; requests.length > 0; attempt++) {
    if (attempt > 1) await backOff(attempt - 1);
    const { UnprocessedItems: left }: BatchWriteItemCommandOutput = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }),
    );
    requests = (left?.[tableName] ?? []) as typeof requests;
  }
};
