import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import {
  backOffMs,
  DeadlineExceededError,
  inParts,
  MAX_BATCH_WRITE_ITEMS,
  pause,
  request,
} from '@castore-dynamodb/commons';

export type Item = Record<string, AttributeValue>;

/** Of an item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** For an answer, over all of the SDK's own attempts, in milliseconds. */
const REQUEST_MS = 10_000;
const MAX_LEFT_OVER_ROUNDS = 8;

const toItem = ({ pk, sk }: Key): Item => ({ pk: { S: pk }, sk: { S: sk } });

/** The requests to the table of a feed. Reads are strongly consistent; each request ends in time. */
export class GatewayTable {
  constructor(
    readonly name: string,
    readonly client: DynamoDBClient,
  ) {}

  /** A read unit for each 4 KB. */
  async get(key: Key): Promise<Item | undefined> {
    const input = { TableName: this.name, Key: toItem(key), ConsistentRead: true };
    const { Item } = await this.#send('GetItem', signal =>
      this.client.send(new GetItemCommand(input), { abortSignal: signal }),
    );
    return Item;
  }

  /** A write unit for each KB. */
  async put(key: Key, attributes: Item): Promise<void> {
    const input = { TableName: this.name, Item: { ...toItem(key), ...attributes } };
    await this.#send('PutItem', signal => this.client.send(new PutItemCommand(input), { abortSignal: signal }));
  }

  async update(key: Key, update: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>): Promise<void> {
    const input = { TableName: this.name, Key: toItem(key), ...update };
    await this.#send('UpdateItem', signal => this.client.send(new UpdateItemCommand(input), { abortSignal: signal }));
  }

  async transact(items: readonly TransactWriteItem[]): Promise<void> {
    const input = { TransactItems: [...items] };
    await this.#send('TransactWriteItems', signal =>
      this.client.send(new TransactWriteItemsCommand(input), { abortSignal: signal }),
    );
  }

  /** The items of a partition, or those between two sort keys; page by page. A read unit for each 4 KB. */
  async *pages(pk: string, from = '', to = '\uffff'): AsyncGenerator<Item[], void, undefined> {
    let startKey: Item | undefined;
    do {
      const input = {
        TableName: this.name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk and sk between :from and :to',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':from': { S: from || ' ' }, ':to': { S: to } },
        ExclusiveStartKey: startKey,
      };
      const page = await request(
        { operation: 'Query', tableName: this.name, requires: 'Count', deadlineMs: REQUEST_MS },
        signal => this.client.send(new QueryCommand(input), { abortSignal: signal }),
      );
      yield page.Items ?? [];
      startKey = page.LastEvaluatedKey;
    } while (startKey !== undefined);
  }

  /** A write unit for each item, also for one that is not there; a request for each 25. */
  async delete(keys: readonly Key[]): Promise<void> {
    for (const part of inParts(keys, MAX_BATCH_WRITE_ITEMS)) {
      let wanted = part.map(key => ({ DeleteRequest: { Key: toItem(key) } }));
      for (let round = 1; wanted.length > 0; round++) {
        if (round > 1) await pause(backOffMs(round, { firstDelayMs: 50, maxDelayMs: 2_000 }));
        if (round > MAX_LEFT_OVER_ROUNDS) throw new DeadlineExceededError('BatchWriteItem', REQUEST_MS);
        const input = { RequestItems: { [this.name]: wanted } };
        const { UnprocessedItems = {} } = await this.#send('BatchWriteItem', signal =>
          this.client.send(new BatchWriteItemCommand(input), { abortSignal: signal }),
        );
        wanted = (Object.values(UnprocessedItems)[0] ?? []) as typeof wanted;
      }
    }
  }

  #send<ANSWER>(operation: string, send: (signal: AbortSignal) => Promise<ANSWER>): Promise<ANSWER> {
    return request<ANSWER>({ operation, tableName: this.name, deadlineMs: REQUEST_MS }, send);
  }
}

/** The parts of items that expire. */
export const expiringAt = (milliseconds: number): Item => ({
  expiresAt: { N: String(Math.ceil(milliseconds / 1_000)) },
});

/** DynamoDB deletes what has expired some time later; until then, nobody is to see it. */
export const isExpired = (item: Item): boolean => Number(item['expiresAt']?.N ?? Infinity) * 1_000 < Date.now();
