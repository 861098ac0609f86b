import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { isNamed, memberOf, request, retry } from '@castore-dynamodb/commons';

import { type IdempotencyKey, type recordPut, recordQuery, resultOf } from './record.js';

/** How long an answer may take, over all of the SDK's own attempts. */
const DEADLINE_MS = 10_000;

/** The results that are stored: the one place that sends. */
export class Results {
  readonly #tableName: string;
  readonly #client: DynamoDBClient;

  constructor(tableName: string, client: DynamoDBClient) {
    this.#tableName = tableName;
    this.#client = client;
  }

  /** @throws DifferentInputError, UnreadableResultError */
  async find(idempotencyKey: IdempotencyKey): Promise<{ result: unknown } | undefined> {
    const { Items: items } = await request(
      { operation: 'Query', tableName: this.#tableName, requires: 'Items', deadlineMs: DEADLINE_MS },
      abortSignal => this.#client.send(new QueryCommand(recordQuery(this.#tableName, idempotencyKey)), { abortSignal }),
    );
    const item = items?.[0];
    return item && { result: await resultOf(idempotencyKey, item) };
  }

  /** The result of a command that pushed nothing. */
  async storeAlone(record: ReturnType<typeof recordPut>): Promise<void> {
    await retry({ maxAttempts: 8, firstDelayMs: 20, maxDelayMs: 500, isWorthRepeating: isUnderWay }, () =>
      request({ operation: 'PutItem', tableName: this.#tableName, deadlineMs: DEADLINE_MS }, abortSignal =>
        this.#client.send(new PutItemCommand(record), { abortSignal }),
      ),
    );
  }
}

/** Whether a write failed for nothing but another transaction that was at work on the same items. */
export const isUnderWay = (error: unknown): boolean => {
  if (isNamed(error, 'TransactionConflictException')) return true;
  const reasons = memberOf(error, 'CancellationReasons');
  if (!isNamed(error, 'TransactionCanceledException') || !Array.isArray(reasons)) return false;
  const codes = reasons.map(reason => memberOf(reason, 'Code')).filter(code => code !== undefined && code !== 'None');
  return codes.length > 0 && codes.every(code => code === 'TransactionConflict');
};
