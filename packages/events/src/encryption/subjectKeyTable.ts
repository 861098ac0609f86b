import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { isNamed, request } from '@castore-dynamodb/commons';

import { SubjectKeyError } from './encryptionErrors.js';
import { parseSubjectKeyItem, type SubjectKeyItem, subjectKeyQuery, subjectKeysScan } from './subjectKeyItem.js';

export type Item = Record<string, AttributeValue>;

/** How long DynamoDB may take to answer, over all of the SDK's own attempts. */
const DEADLINE_MS = 10_000;

/** The table of subjects' keys: the one place that sends. */
export class SubjectKeyTable {
  readonly tableName: string;
  readonly #client: DynamoDBClient;

  constructor(tableName: string, client: DynamoDBClient) {
    this.tableName = tableName;
    this.#client = client;
  }

  /** @throws SubjectKeyError */
  async find(keyId: string): Promise<SubjectKeyItem | undefined> {
    const { Items } = await request(
      { operation: 'Query', tableName: this.tableName, requires: 'Items', deadlineMs: DEADLINE_MS },
      abortSignal => this.#client.send(new QueryCommand(subjectKeyQuery(this.tableName, keyId)), { abortSignal }),
    );
    const item = Items?.[0];
    return item && this.parse(keyId, item);
  }

  /** @throws SubjectKeyError */
  parse(keyId: string, stored: Item): SubjectKeyItem {
    const item = parseSubjectKeyItem(stored);
    if (item === undefined) throw new SubjectKeyError('altered', keyId, { tableName: this.tableName });
    return item;
  }

  /** @returns false if the condition does not hold. */
  async put(input: PutItemCommandInput): Promise<boolean> {
    try {
      await request(
        { operation: 'PutItem', tableName: this.tableName, requires: 'ConsumedCapacity', deadlineMs: DEADLINE_MS },
        abortSignal => this.#client.send(new PutItemCommand(input), { abortSignal }),
      );
      return true;
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }

  /** The items of all keys, and of no tombstone. */
  async *pages(): AsyncGenerator<Item[], void, undefined> {
    let ExclusiveStartKey: Item | undefined;
    do {
      const input = { ...subjectKeysScan(this.tableName), ...(ExclusiveStartKey && { ExclusiveStartKey }) };
      const page = await request(
        { operation: 'Scan', tableName: this.tableName, requires: 'Items', deadlineMs: DEADLINE_MS },
        abortSignal => this.#client.send(new ScanCommand(input), { abortSignal }),
      );
      yield page.Items ?? [];
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }
}
