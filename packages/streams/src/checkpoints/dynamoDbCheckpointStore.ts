import { randomBytes } from 'node:crypto';

import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  type Put,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';

import { checkTable } from '../checkArguments.js';
import { batchGet } from './batchGet.js';
import type { Checkpoint, CheckpointKey, CheckpointStore } from './checkpointStore.js';
import { PROJECTION_TABLE_PK, PROJECTION_TABLE_SK, REVISION_KEY, VALUE_KEY } from './projectionTable.js';

type Item = Record<string, AttributeValue>;

export interface DynamoDbCheckpointStoreOptions {
  /** A table with the string keys `pk` (partition key) and `sk` (sort key). */
  tableName: string;
  dynamoDbClient: DynamoDBClient;
}

/** Checkpoints in a DynamoDB table: one write unit a write, one read unit a read. */
export class DynamoDbCheckpointStore implements CheckpointStore {
  readonly #tableName: string;
  readonly #client: DynamoDBClient;

  /** @throws InvalidArgumentError */
  constructor({ tableName, dynamoDbClient }: DynamoDbCheckpointStoreOptions) {
    checkTable({ tableName, dynamoDbClient });
    this.#tableName = tableName;
    this.#client = dynamoDbClient;
  }

  async read(keys: readonly CheckpointKey[]): Promise<(Checkpoint | undefined)[]> {
    const items = await batchGet(this.#client, this.#tableName, keys.map(itemKey));
    const byKey = new Map(items.map(item => [keyOf(item), toCheckpoint(item)]));
    return keys.map(key => byKey.get(keyOf(itemKey(key))));
  }

  async write(key: CheckpointKey, value: string, revision: string | undefined): Promise<Checkpoint | undefined> {
    const checkpoint = { value, revision: newRevision() };
    try {
      await this.#client.send(new PutItemCommand(checkpointPut(this.#tableName, key, checkpoint, revision)));
      return checkpoint;
    } catch (error) {
      if (isConditionFailed(error)) return undefined;
      throw error;
    }
  }

  async remove(key: CheckpointKey, revision: string): Promise<void> {
    try {
      await this.#client.send(
        new DeleteItemCommand({ TableName: this.#tableName, Key: itemKey(key), ...ifRevision(revision) }),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  }

  async list(partition: string, sortPrefix: string): Promise<(CheckpointKey & Checkpoint)[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tableName,
        ConsistentRead: true,
        KeyConditionExpression: '#pk = :partition and begins_with(#sk, :sortPrefix)',
        ExpressionAttributeNames: { '#pk': PROJECTION_TABLE_PK, '#sk': PROJECTION_TABLE_SK },
        ExpressionAttributeValues: { ':partition': { S: partition }, ':sortPrefix': { S: sortPrefix } },
      },
    );
    const checkpoints: (CheckpointKey & Checkpoint)[] = [];
    for await (const { Items: items = [] } of pages) {
      for (const item of items) {
        checkpoints.push({ partition, sort: item[PROJECTION_TABLE_SK]?.S ?? '', ...toCheckpoint(item) });
      }
    }
    return checkpoints;
  }
}

/** 9 random bytes, so that nothing that was removed and written anew looks like what it was before. */
export const newRevision = (): string => randomBytes(9).toString('base64url');

/** A write that fails where what is stored has another revision; for PutItem, and likewise for a transaction. */
export const checkpointPut = (
  tableName: string,
  key: CheckpointKey,
  { value, revision }: Checkpoint,
  seenRevision: string | undefined,
): Put & { Item: Item } => ({
  TableName: tableName,
  Item: { ...itemKey(key), [REVISION_KEY]: { S: revision }, [VALUE_KEY]: { S: value } },
  ...ifRevision(seenRevision),
});

/** The condition that nobody has written since. */
export const ifRevision = (revision: string | undefined) =>
  revision === undefined
    ? {
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': PROJECTION_TABLE_PK },
      }
    : {
        ConditionExpression: '#revision = :revision',
        ExpressionAttributeNames: { '#revision': REVISION_KEY },
        ExpressionAttributeValues: { ':revision': { S: revision } },
      };

export const itemKey = ({ partition, sort }: CheckpointKey): Item => ({
  [PROJECTION_TABLE_PK]: { S: partition },
  [PROJECTION_TABLE_SK]: { S: sort },
});

/** Tells items of the table apart. */
export const keyOf = (item: Item): string =>
  JSON.stringify([item[PROJECTION_TABLE_PK]?.S, item[PROJECTION_TABLE_SK]?.S]);

const toCheckpoint = (item: Item): Checkpoint => ({
  value: item[VALUE_KEY]?.S ?? '',
  revision: item[REVISION_KEY]?.S ?? '',
});

const isConditionFailed = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';
