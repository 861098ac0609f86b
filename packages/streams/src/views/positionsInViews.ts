import type { Checkpoint, CheckpointKey, CheckpointStore } from '../checkpoints/checkpointStore.js';
import { type DynamoDbCheckpointStoreOptions, itemKey, keyOf } from '../checkpoints/dynamoDbCheckpointStore.js';
import { batchGet } from '../checkpoints/tableRequests.js';
import { OwnViewItem } from './ownViewItem.js';
import { isConflict } from './refusals.js';
import { VIEW_SORT_KEY } from './viewItem.js';
import type { ViewTable } from './viewTable.js';

/** The key of the position in an aggregate's own view. */
export interface OwnViewKey extends CheckpointKey {
  readonly aggregateId: string;
}

/** Checkpoints of a projection whose positions are in the views of the aggregates; all others are as everywhere. */
export class PositionsInViews implements CheckpointStore {
  constructor(
    readonly table: ViewTable,
    readonly others: CheckpointStore,
  ) {}

  get projectionTable(): DynamoDbCheckpointStoreOptions {
    return { tableName: this.table.tableName, dynamoDbClient: this.table.client };
  }

  async read(keys: readonly CheckpointKey[]): Promise<(Checkpoint | undefined)[]> {
    const inViews = keys.filter(isInView);
    const [items, others] = await Promise.all([
      this.#read(inViews),
      this.others.read(keys.filter(key => !isInView(key))),
    ]);
    return keys.map(key => (isInView(key) ? items[inViews.indexOf(key)]?.checkpoint : others.shift()));
  }

  async write(key: CheckpointKey, value: string, revision: string | undefined): Promise<Checkpoint | undefined> {
    if (!isInView(key)) return this.others.write(key, value, revision);
    const [item] = await this.#read([key]);
    if (item === undefined || item.checkpoint?.revision !== revision) return undefined;
    try {
      await item.writePosition(value);
      return item.checkpoint;
    } catch (error) {
      if (!isConflict(error)) throw error;
      // The SDK may have sent it again, because the answer to what it had sent before was lost.
      const [stored] = await this.read([key]);
      return stored?.value === value ? stored : undefined;
    }
  }

  remove(key: CheckpointKey, revision: string): Promise<void> {
    return this.others.remove(key, revision);
  }

  list(partition: string, sortPrefix: string): Promise<(CheckpointKey & Checkpoint)[]> {
    return this.others.list(partition, sortPrefix);
  }

  async #read(keys: readonly OwnViewKey[]): Promise<OwnViewItem[]> {
    const { client, tableName } = this.table;
    const items = await batchGet(client, tableName, keys.map(itemKey));
    const byKey = new Map(items.map(item => [keyOf(item), item]));
    return keys.map(key => new OwnViewItem(this.table, key.aggregateId, byKey.get(keyOf(itemKey(key)))));
  }
}

const isInView = (key: CheckpointKey): key is OwnViewKey => key.sort === VIEW_SORT_KEY;
