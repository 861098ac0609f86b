import { createHash } from 'node:crypto';

import type { StreamHandler, StreamRecord } from '../../src/index.js';

/** What happens to a record on its way. */
export interface Fate {
  /** How many records of other items may overtake it. */
  delay: number;
  /** Whether it never comes. The last record of an aggregate always does. */
  isMissing: boolean;
}

export interface Shard {
  readonly shardId: string;
  records: StreamRecord[];
  /** Records that are gone. */
  trimmed: number;
  /** Records that the consumer is done with. */
  checkpoint: number;
  parent: Shard | undefined;
  isClosed: boolean;
}

const newShard = (number: number, parent?: Shard): Shard => ({
  shardId: `shard-${number}`,
  records: [],
  trimmed: 0,
  checkpoint: 0,
  parent,
  isClosed: false,
});

/**
 * A DynamoDB stream as far as order is concerned: a record comes somewhere after the earlier records of its own item, which
 * is all that DynamoDB promises. A shard can be split; its children are read when it is done with.
 */
export class SimulatedStream {
  #shards: Shard[];
  #lastShard = 0;
  #delayed: { record: StreamRecord; delay: number }[] = [];
  #lastSequenceNumber = 0;

  /** @param isByItem Whether the items of one partition key may lie in different shards, once it was split. */
  constructor(
    shards: number,
    readonly isByItem: boolean,
  ) {
    this.#shards = Array.from({ length: shards }, () => newShard(++this.#lastShard));
  }

  /** Adds the record of an item that was written. */
  write(record: StreamRecord, { delay, isMissing }: Fate): void {
    this.#delayed = this.#delayed.map(late => ({ ...late, delay: late.delay - 1 }));
    if (!isMissing) this.#delayed.push({ record, delay });
    this.#appear();
  }

  /** Lets everything appear that was written. */
  catchUp(): void {
    this.#delayed = this.#delayed.map(late => ({ ...late, delay: 0 }));
    this.#appear();
  }

  #appear(): void {
    const open = this.#shards.filter(({ isClosed }) => !isClosed);
    for (const { record } of this.#delayed.filter(({ delay }) => delay <= 0)) {
      const SequenceNumber = String(++this.#lastSequenceNumber).padStart(21, '0');
      const { aggregateId, version } = record.dynamodb?.NewImage ?? {};
      const key = `${aggregateId?.S} ${this.isByItem ? version?.N : ''}`;
      const shard = open[createHash('sha256').update(key).digest().readUInt32BE() % open.length] as Shard;
      shard.records.push({ ...record, dynamodb: { ...record.dynamodb, SequenceNumber } });
    }
    this.#delayed = this.#delayed.filter(({ delay }) => delay > 0);
  }

  split(): void {
    const parent = this.#shards.find(({ isClosed }) => !isClosed) as Shard;
    parent.isClosed = true;
    for (let child = 0; child < 2; child++) {
      this.#shards.push(newShard(++this.#lastShard, parent));
    }
  }

  /** Removes all records that are there, whether they were read or not, and the closed shards. */
  trim(): void {
    for (const shard of this.#shards) shard.trimmed = shard.records.length;
    this.#shards = this.#shards.filter(({ isClosed }) => !isClosed);
  }

  get shards(): readonly Shard[] {
    return this.#shards;
  }

  get #readable(): Shard[] {
    return this.#shards.filter(
      ({ records, checkpoint, parent }) =>
        checkpoint < records.length && (parent === undefined || parent.checkpoint === parent.records.length),
    );
  }

  get isDone(): boolean {
    return this.#readable.length === 0;
  }

  /**
   * Delivers the next records of each shard, as Lambda does, all shards at the same time: what a handler reported as
   * failed, or everything if it died, will come again. `goBack` records that are done with come again as well.
   */
  async deliver(handlers: () => StreamHandler, batchSize: number, goBack: number): Promise<void> {
    await Promise.all(
      this.#readable.map(async shard => {
        const start = Math.max(0, shard.checkpoint - goBack);
        const batch = shard.records.slice(start, shard.checkpoint + batchSize);
        const failed = await failedOf(handlers(), batch);
        shard.checkpoint = start + (failed ?? batch.length);
      }),
    );
  }
}

/** The index of the record that Lambda delivers again, with those after it. */
const failedOf = async (handler: StreamHandler, batch: StreamRecord[]): Promise<number | undefined> => {
  try {
    const { batchItemFailures } = await handler({ Records: batch });
    const failed = batchItemFailures.map(({ itemIdentifier }) =>
      batch.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
    );
    if (failed.includes(-1)) throw new Error('A failure was reported that is none of the batch.');
    return failed.length === 0 ? undefined : Math.min(...failed);
  } catch {
    return 0;
  }
};
