import {
  DeleteItemCommand,
  type DynamoDBClient,
  type Put,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { EVENT_TABLE_PK, EVENT_TABLE_SK, itemSize } from '@castore-dynamodb/adapter';
import {
  checkClient,
  checkOptions,
  checkS3BucketOptions,
  checkString,
  IncompleteAnswerError,
  MAX_ITEM_SIZE,
  mapConcurrently,
  type OptionNames,
  request,
  S3Bucket,
  type S3BucketOptions,
} from '@castore-dynamodb/commons';

import { SnapshotTooLargeError } from '../../errors.js';
import type {
  AggregateName,
  Snapshot,
  SnapshotSelection,
  SnapshotSeries,
  TransactionalSnapshotStorage,
} from '../../snapshotStorage.js';
import { loadS3 } from '../s3/loadS3.js';
import { SNAPSHOT_PREFIX } from '../s3/snapshotObject.js';
import { checkSelection, isSelected } from '../selection.js';
import { getState, putState } from './overflow.js';
import { checkRetention, expiry, type SnapshotRetention } from './retention.js';
import {
  ATTRIBUTES,
  allSnapshotsQuery,
  fromSnapshotItem,
  newestSnapshotQuery,
  olderSnapshotsQuery,
  type SnapshotItem,
  toSnapshotItem,
} from './snapshotItem.js';

export interface DynamoDbSnapshotStorageOptions {
  /**
   * The table's name or ARN, or a function that returns it: an event table of either layout, the event store's own or
   * one for snapshots alone (`createEventTable` makes it).
   */
  tableName: string | (() => string);
  dynamoDbClient: DynamoDBClient;
  /** Which snapshots are deleted, and how. @default none: every one helps loads of the past */
  retention?: SnapshotRetention | undefined;
  /**
   * Where in S3 the state of a snapshot goes if its item would be over 400 KB. Needs `@aws-sdk/client-s3`.
   *
   * A load then takes two round trips, and costs a read unit and a GET. An item that its time to live deletes leaves
   * its object in S3; a lifecycle rule of the bucket can delete it.
   *
   * @default nowhere: such a snapshot is not written, which is reported to `onSnapshotError`
   */
  overflow?: S3BucketOptions | undefined;
}

const OPTIONS: OptionNames<DynamoDbSnapshotStorageOptions> = {
  tableName: true,
  dynamoDbClient: true,
  retention: true,
  overflow: true,
};

/** How long DynamoDB may take to answer, over all of the SDK's attempts. */
const DEADLINE_MS = 5_000;

const CONCURRENT_DELETES = 25;

/**
 * Keeps snapshots in a DynamoDB table, in partitions of their own that no adapter looks into: one item a snapshot.
 *
 * To find one costs a request and a read unit for each 4 KB of it; to write one a request and a write unit for each KB.
 * Aggregates are compressed from 1 KB on. A request that is not answered within 5 s is aborted, and fails.
 *
 * @example
 * const storage = new DynamoDbSnapshotStorage({ tableName: 'events', dynamoDbClient: new DynamoDBClient({}) });
 */
export class DynamoDbSnapshotStorage implements TransactionalSnapshotStorage {
  readonly #options: DynamoDbSnapshotStorageOptions;
  readonly #overflow: S3Bucket | undefined;

  /** @throws InvalidArgumentError */
  constructor(options: DynamoDbSnapshotStorageOptions) {
    checkOptions(options, 'options', OPTIONS);
    const { tableName, dynamoDbClient, retention, overflow } = options;
    if (typeof tableName !== 'function') checkString(tableName, 'options.tableName');
    checkClient(dynamoDbClient, 'options.dynamoDbClient');
    checkRetention(retention);
    if (overflow !== undefined) checkS3BucketOptions(overflow, 'options.overflow');
    this.#options = options;
    this.#overflow = overflow && new S3Bucket(overflow, SNAPSHOT_PREFIX, loadS3);
  }

  async getSnapshot(series: SnapshotSeries, maxVersion = Number.MAX_SAFE_INTEGER): Promise<Snapshot | undefined> {
    const { Items: [item] = [] } = await this.#query(newestSnapshotQuery(this.#tableName(), series, maxVersion));
    if (item === undefined) return undefined;
    const { [ATTRIBUTES.state]: state, [ATTRIBUTES.stateObject]: stateObject } = item;
    return {
      ...fromSnapshotItem(series, item),
      state:
        stateObject?.S === undefined ? (state?.B ?? new Uint8Array()) : await getState(this.#overflow, stateObject.S),
    };
  }

  async putSnapshot(snapshot: Snapshot): Promise<void> {
    const put = new PutItemCommand(await this.toPut(snapshot));
    await request({ operation: 'PutItem', ...this.#bounds() }, abortSignal =>
      this.#options.dynamoDbClient.send(put, { abortSignal }),
    );
    await this.applyRetention(snapshot);
  }

  /** @throws SnapshotTooLargeError */
  async toPut(snapshot: Snapshot): Promise<Put & { Item: SnapshotItem }> {
    return { TableName: this.#tableName(), Item: await this.#toItem(snapshot) };
  }

  /** Deletes the snapshots before one, but for the newest of them, if the retention wants that. */
  async applyRetention(snapshot: Snapshot): Promise<void> {
    const { retention } = this.#options;
    if (retention?.newest === undefined) return;
    let left = retention.newest - 1;
    for await (const older of this.#pages(olderSnapshotsQuery(this.#tableName(), snapshot))) {
      await this.#delete(older.slice(left));
      left = Math.max(0, left - older.length);
    }
  }

  async deleteSnapshots(aggregate: AggregateName, selection: SnapshotSelection = {}): Promise<number> {
    checkSelection(selection);
    let count = 0;
    for await (const items of this.#pages(allSnapshotsQuery(this.#tableName(), aggregate))) {
      const selected = items.filter(item => isSelected(fromSnapshotItem(aggregate, item), selection));
      await this.#delete(selected);
      count += selected.length;
    }
    return count;
  }

  #tableName(): string {
    const { tableName } = this.#options;
    return typeof tableName === 'string' ? tableName : tableName();
  }

  #bounds(): { tableName: string; deadlineMs: number } {
    return { tableName: this.#tableName(), deadlineMs: DEADLINE_MS };
  }

  /** An answer that does not have as many items as it says is none. */
  #query(input: QueryCommandInput): Promise<QueryCommandOutput> {
    return request<QueryCommandOutput>(
      { operation: 'Query', requires: 'Count', ...this.#bounds() },
      async abortSignal => {
        const answer = await this.#options.dynamoDbClient.send(new QueryCommand(input), { abortSignal });
        const isWhole = !answer?.Count || answer.Items?.length === answer.Count;
        if (!isWhole) throw new IncompleteAnswerError('Query', 'Items');
        return answer;
      },
    );
  }

  async *#pages(input: QueryCommandInput): AsyncGenerator<SnapshotItem[], void, undefined> {
    let ExclusiveStartKey: SnapshotItem | undefined;
    do {
      const page = await this.#query(ExclusiveStartKey === undefined ? input : { ...input, ExclusiveStartKey });
      yield page.Items ?? [];
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }

  async #toItem(snapshot: Snapshot): Promise<SnapshotItem> {
    const ttl = expiry(this.#options.retention, snapshot.takenAt);
    const item = { ...toSnapshotItem(snapshot, snapshot), ...ttl };
    const size = itemSize(item);
    if (size <= MAX_ITEM_SIZE) return item;
    if (this.#overflow === undefined) throw new SnapshotTooLargeError(size, MAX_ITEM_SIZE);
    return { ...toSnapshotItem(snapshot, { stateObject: await putState(this.#overflow, snapshot) }), ...ttl };
  }

  async #delete(items: readonly SnapshotItem[]): Promise<void> {
    await mapConcurrently(items, CONCURRENT_DELETES, item => this.#deleteOne(item));
  }

  /** DynamoDB answers a deletion with nothing; the capacity is asked for so that an empty answer is not taken for one. */
  async #deleteOne({ [EVENT_TABLE_PK]: pk, [EVENT_TABLE_SK]: sk, ...attributes }: SnapshotItem): Promise<void> {
    const command = new DeleteItemCommand({
      TableName: this.#tableName(),
      Key: { [EVENT_TABLE_PK]: pk, [EVENT_TABLE_SK]: sk } as SnapshotItem,
      ReturnConsumedCapacity: 'TOTAL',
    });
    await request({ operation: 'DeleteItem', requires: 'ConsumedCapacity', ...this.#bounds() }, abortSignal =>
      this.#options.dynamoDbClient.send(command, { abortSignal }),
    );
    const stateObject = attributes[ATTRIBUTES.stateObject]?.S;
    if (stateObject !== undefined) await this.#overflow?.delete(stateObject);
  }
}
