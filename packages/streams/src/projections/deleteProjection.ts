import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { checkClient, checkOptions, checkSignal, checkString, type OptionNames } from '@castore-dynamodb/commons';
import { PROJECTION_TABLE_PK, PROJECTION_TABLE_REVISION_KEY, PROJECTION_TABLE_SK } from '@castore-dynamodb/table';

import { batchDelete, pagesOfItems } from '../checkpoints/tableRequests.js';
import { checkName } from '../checks.js';
import { PARKED_PREFIX, REPLAY_PREFIX } from './position.js';

export interface DeleteProjectionOptions {
  /** The projection's name. */
  name: string;
  /** The table of its views, or of its `DynamoDbCheckpointStore`. */
  tableName: string;
  dynamoDbClient: DynamoDBClient;
  /** Ends the work: it rejects with the signal's reason. */
  signal?: AbortSignal;
}

const OPTIONS = {
  name: true,
  tableName: true,
  dynamoDbClient: true,
  signal: true,
} satisfies OptionNames<DeleteProjectionOptions>;

/**
 * Deletes all that a projection has left in a table: views, positions, parked aggregates, replays that were
 * interrupted. Items of your own in that table stay, also if their keys begin with the projection's name. What handlers
 * wrote elsewhere stays too. First stop everything that runs the projection, or it begins anew.
 *
 * If it is interrupted, call it again: what is deleted stays so. When it is done, and not before, a new projection can
 * begin under the name.
 *
 * Costs the reading of the whole table, whose keys do not lie together: a read unit for each 4 KB and a request for each MB;
 * and a write unit for each KB of what is deleted, a request for each 25 items.
 *
 * @returns how many items were deleted.
 * @throws InvalidArgumentError before any request; the reason of the signal; the error of a request, which ends after 30
 *   seconds at the latest.
 *
 * @example
 * const { deletedItems } = await deleteProjection({ name: 'pokedex-v1', tableName: 'views', dynamoDbClient });
 */
export const deleteProjection = async (options: DeleteProjectionOptions): Promise<{ deletedItems: number }> => {
  checkOptions(options, '', OPTIONS);
  const { name, tableName, dynamoDbClient, signal } = options;
  checkName(name);
  checkString(tableName, 'tableName');
  checkClient(dynamoDbClient, 'dynamoDbClient');
  if (signal !== undefined) checkSignal(signal, 'signal');

  signal?.throwIfAborted();
  const scan = keysOf(name, tableName);
  const pages = pagesOfItems({ operation: 'Scan', tableName, signal }, (ExclusiveStartKey, abortSignal) =>
    dynamoDbClient.send(new ScanCommand({ ...scan, ExclusiveStartKey }), { abortSignal }),
  );
  let deletedItems = 0;
  for await (const keys of pages) {
    await batchDelete(dynamoDbClient, tableName, keys, signal);
    deletedItems += keys.length;
  }
  return { deletedItems };
};

/** What a projection writes has these sort keys, and a revision. Other projections, pollers and your items are left out. */
const keysOf = (name: string, tableName: string) => ({
  TableName: tableName,
  ConsistentRead: true,
  ProjectionExpression: '#pk, #sk',
  FilterExpression:
    'attribute_exists(#revision) and (' +
    '(begins_with(#pk, :ofAKey) and (#sk = :view or #sk = :position)) or ' +
    '(#pk = :name and (begins_with(#sk, :parked) or begins_with(#sk, :replay))))',
  ExpressionAttributeNames: {
    '#pk': PROJECTION_TABLE_PK,
    '#sk': PROJECTION_TABLE_SK,
    '#revision': PROJECTION_TABLE_REVISION_KEY,
  },
  ExpressionAttributeValues: {
    ':ofAKey': { S: `${name}#` },
    ':view': { S: 'view' },
    ':position': { S: 'position' },
    ':name': { S: name },
    ':parked': { S: PARKED_PREFIX },
    ':replay': { S: REPLAY_PREFIX },
  },
});
