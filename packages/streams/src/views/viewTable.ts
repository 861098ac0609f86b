import {
  type DynamoDBClient,
  type Put,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { request } from '@castore-dynamodb/commons';

import { itemKey, keyOf } from '../checkpoints/dynamoDbCheckpointStore.js';
import { batchGet, type Item } from '../checkpoints/tableRequests.js';
import { TIMEOUTS } from '../timeouts.js';
import { viewKey } from './viewItem.js';

/** Views as they are stored, by key; undefined if there is none. */
export type StoredViews = ReadonlyMap<string, Item | undefined>;

/** The requests to the table of a projection's views. Each ends within 30 seconds, and its errors name the table. */
export class ViewTable {
  constructor(
    readonly projection: string,
    readonly tableName: string,
    readonly client: DynamoDBClient,
  ) {}

  /** Costs a request for each 100 views, and a read unit for each 4 KB of each view. */
  async read(keys: readonly string[]): Promise<StoredViews> {
    const itemKeys = keys.map(key => itemKey(viewKey(this.projection, key)));
    const items = await batchGet(this.client, this.tableName, itemKeys);
    const byKey = new Map(items.map(item => [keyOf(item), item]));
    return new Map(keys.map((key, index) => [key, byKey.get(keyOf(itemKeys[index] as Item))]));
  }

  /** All or nothing, for two write units for each KB of each item. */
  async transact(items: TransactWriteItem[]): Promise<void> {
    await this.#send('TransactWriteItems', abortSignal =>
      this.client.send(new TransactWriteItemsCommand({ TransactItems: items }), { abortSignal }),
    );
  }

  /** One item, for half of what it costs in a transaction. */
  async put(put: Put & { Item: Item }): Promise<void> {
    await this.#send('PutItem', abortSignal => this.client.send(new PutItemCommand(put), { abortSignal }));
  }

  async #send<ANSWER>(operation: string, send: (signal: AbortSignal) => Promise<ANSWER>): Promise<ANSWER> {
    return request<ANSWER>({ operation, tableName: this.tableName, deadlineMs: TIMEOUTS.request }, send);
  }
}
