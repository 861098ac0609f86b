import { randomBytes } from 'node:crypto';

import {
  DeleteItemCommand,
  type DynamoDBClient,
  type Put,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { checkClient, checkOptions, checkString, isNamed, memberOf, request } from '@castore-dynamodb/commons';
import {
  PROJECTION_TABLE_PK,
  PROJECTION_TABLE_REVISION_KEY,
  PROJECTION_TABLE_SK,
  PROJECTION_TABLE_VALUE_KEY,
} from '@castore-dynamodb/table';

import { TIMEOUTS } from '../timeouts.js';
import { type Checkpoint, type CheckpointKey, type CheckpointStore, ENDS_IN_TIME } from './checkpointStore.js';
import { batchGet, type Item, pagesOfItems } from './tableRequests.js';

export interface DynamoDbCheckpointStoreOptions {
  /** A table with the string keys `pk` (partition key) and `sk` (sort key). */
  tableName: string;
  dynamoDbClient: DynamoDBClient;
}

/**
 * Checkpoints in a DynamoDB table: one write unit a write, one read unit a read. Each request ends after 30 seconds at
 * the latest, whatever the client's own settings are.
 *
 * @example
 * const checkpoints = new DynamoDbCheckpointStore({ tableName: 'views', dynamoDbClient });
 */
export class DynamoDbCheckpointStore implements CheckpointStore {
  /** Where the checkpoints lie, and who asks for them. */
  readonly projectionTable: DynamoDbCheckpointStoreOptions;
  readonly #tableName: string;
  readonly #client: DynamoDBClient;

  /** @throws InvalidArgumentError */
  constructor(options: DynamoDbCheckpointStoreOptions) {
    checkOptions(options, '', { tableName: true, dynamoDbClient: true });
    const { tableName, dynamoDbClient } = options;
    checkString(tableName, 'tableName');
    checkClient(dynamoDbClient, 'dynamoDbClient');
    this.projectionTable = { tableName, dynamoDbClient };
    this.#tableName = tableName;
    this.#client = dynamoDbClient;
    Object.defineProperty(this, ENDS_IN_TIME, { value: true });
  }

  async read(keys: readonly CheckpointKey[]): Promise<(Checkpoint | undefined)[]> {
    const items = await batchGet(this.#client, this.#tableName, keys.map(itemKey));
    const byKey = new Map(items.map(item => [keyOf(item), toCheckpoint(item)]));
    return keys.map(key => byKey.get(keyOf(itemKey(key))));
  }

  async write(key: CheckpointKey, value: string, revision: string | undefined): Promise<Checkpoint | undefined> {
    const checkpoint = { value, revision: newRevision() };
    const input = {
      ...checkpointPut(this.#tableName, key, checkpoint, revision),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    } as const;
    try {
      await this.#send('PutItem', abortSignal => this.#client.send(new PutItemCommand(input), { abortSignal }));
      return checkpoint;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      // The SDK has sent it again, because the answer to what it had sent before was lost.
      const stored = memberOf(error, 'Item') as Item | undefined;
      return stored?.[PROJECTION_TABLE_REVISION_KEY]?.S === checkpoint.revision ? checkpoint : undefined;
    }
  }

  async remove(key: CheckpointKey, revision: string): Promise<void> {
    const input = { TableName: this.#tableName, Key: itemKey(key), ...ifRevision(revision) };
    try {
      await this.#send('DeleteItem', abortSignal => this.#client.send(new DeleteItemCommand(input), { abortSignal }));
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  }

  async list(partition: string, sortPrefix: string): Promise<(CheckpointKey & Checkpoint)[]> {
    const query = {
      TableName: this.#tableName,
      ConsistentRead: true,
      KeyConditionExpression: '#pk = :partition and begins_with(#sk, :sortPrefix)',
      ExpressionAttributeNames: { '#pk': PROJECTION_TABLE_PK, '#sk': PROJECTION_TABLE_SK },
      ExpressionAttributeValues: { ':partition': { S: partition }, ':sortPrefix': { S: sortPrefix } },
    };
    const pages = pagesOfItems({ operation: 'Query', tableName: this.#tableName }, (ExclusiveStartKey, abortSignal) =>
      this.#client.send(new QueryCommand({ ...query, ExclusiveStartKey }), { abortSignal }),
    );
    const checkpoints: (CheckpointKey & Checkpoint)[] = [];
    for await (const items of pages) {
      for (const item of items) {
        checkpoints.push({ partition, sort: item[PROJECTION_TABLE_SK]?.S ?? '', ...toCheckpoint(item) });
      }
    }
    return checkpoints;
  }

  async #send<ANSWER>(operation: string, send: (signal: AbortSignal) => Promise<ANSWER>): Promise<ANSWER> {
    return request<ANSWER>({ operation, tableName: this.#tableName, deadlineMs: TIMEOUTS.request }, send);
  }
}

/** 9 random bytes, so that nothing that was removed and written anew looks like what it was before. */
export const newRevision = (): string => randomBytes(9).toString('base64url');

/** A write that fails if what is stored has another revision; for PutItem, and likewise for a transaction. */
export const checkpointPut = (
  tableName: string,
  key: CheckpointKey,
  { value, revision }: Checkpoint,
  seenRevision: string | undefined,
): Put & { Item: Item } => ({
  TableName: tableName,
  Item: {
    ...itemKey(key),
    [PROJECTION_TABLE_REVISION_KEY]: { S: revision },
    [PROJECTION_TABLE_VALUE_KEY]: { S: value },
  },
  ...ifRevision(seenRevision),
});

/** Of an item that somebody wrote by hand. */
const NO_REVISION = '';

/** The revision of an item; undefined if there is no item. */
export const revisionOf = (item: Item | undefined): string | undefined =>
  item && (item[PROJECTION_TABLE_REVISION_KEY]?.S ?? NO_REVISION);

/** The condition that nobody has written since. */
export const ifRevision = (revision: string | undefined) => {
  if (revision === undefined) {
    return {
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': PROJECTION_TABLE_PK },
    };
  }
  const names = { '#revision': PROJECTION_TABLE_REVISION_KEY };
  return revision === NO_REVISION
    ? {
        ConditionExpression: 'attribute_exists(#pk) and attribute_not_exists(#revision)',
        ExpressionAttributeNames: { '#pk': PROJECTION_TABLE_PK, ...names },
      }
    : {
        ConditionExpression: '#revision = :revision',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':revision': { S: revision } },
      };
};

export const itemKey = ({ partition, sort }: CheckpointKey): Item => ({
  [PROJECTION_TABLE_PK]: { S: partition },
  [PROJECTION_TABLE_SK]: { S: sort },
});

/** Tells items of the table apart. */
export const keyOf = (item: Item): string =>
  JSON.stringify([item[PROJECTION_TABLE_PK]?.S, item[PROJECTION_TABLE_SK]?.S]);

const toCheckpoint = (item: Item): Checkpoint => ({
  value: item[PROJECTION_TABLE_VALUE_KEY]?.S ?? '',
  revision: revisionOf(item) as string,
});

const isConditionFailed = (error: unknown): boolean => isNamed(error, 'ConditionalCheckFailedException');
