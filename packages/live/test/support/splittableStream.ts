import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { _Record, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';

interface Shard {
  readonly shardId: string;
  readonly parentShardId: string | undefined;
  readonly records: _Record[];
  isClosed: boolean;
}

/** The record of an event in a table of layout `single-table`, without its place. */
export const recordOf = async (
  client: DynamoDBClient,
  TableName: string,
  aggregateId: string,
  version: number,
): Promise<_Record> => {
  const Key = { aggregateId: { S: `POKEMONS#${aggregateId}` }, version: { N: String(version) } };
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  return {
    eventName: 'INSERT',
    dynamodb: {
      Keys: Key,
      NewImage: Item as never,
      StreamViewType: 'NEW_IMAGE',
      ApproximateCreationDateTime: new Date(),
    },
  };
};

/** A stream whose shards the test splits, which local engines never do: their records are of events in a real table. */
export class SplittableStream {
  readonly #shards: Shard[] = [];
  #sequence = 1_000n;

  /** A shard, perhaps one that came of another one, which gets no records any more. */
  open(shardId: string, parentShardId?: string): void {
    const parent = this.#shards.find(shard => shard.shardId === parentShardId);
    if (parent !== undefined) parent.isClosed = true;
    this.#shards.push({ shardId, parentShardId, records: [], isClosed: false });
  }

  /** Puts a record into a shard. */
  add(shardId: string, record: _Record): void {
    const SequenceNumber = String(this.#sequence++);
    this.#shard(shardId).records.push({ ...record, dynamodb: { ...record.dynamodb, SequenceNumber } });
  }

  /** As what a feed takes it for. */
  get client(): DynamoDBStreamsClient {
    const send = async ({ constructor: { name }, input }: { constructor: { name: string }; input: never }) => {
      await new Promise(setImmediate);
      if (name === 'DescribeStreamCommand') return this.#describe(input);
      if (name === 'GetShardIteratorCommand') return { ShardIterator: this.#iterator(input) };
      return this.#records(input);
    };
    return { send, config: {} } as unknown as DynamoDBStreamsClient;
  }

  #shard(shardId: string): Shard {
    return this.#shards.find(shard => shard.shardId === shardId) as Shard;
  }

  #describe({ StreamArn }: { StreamArn: string }) {
    const Shards = this.#shards.map(({ shardId, parentShardId, isClosed, records }) => ({
      ShardId: shardId,
      ...(parentShardId !== undefined && { ParentShardId: parentShardId }),
      SequenceNumberRange: {
        StartingSequenceNumber: '1',
        ...(isClosed && { EndingSequenceNumber: records.at(-1)?.dynamodb?.SequenceNumber ?? '1' }),
      },
    }));
    return { StreamDescription: { StreamArn, StreamStatus: 'ENABLED', StreamViewType: 'NEW_IMAGE', Shards } };
  }

  #iterator(input: { ShardId: string; ShardIteratorType: string; SequenceNumber?: string }): string {
    const { records } = this.#shard(input.ShardId);
    const at = records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === input.SequenceNumber);
    const starts: Record<string, number> = {
      TRIM_HORIZON: 0,
      LATEST: records.length,
      AT_SEQUENCE_NUMBER: at,
      AFTER_SEQUENCE_NUMBER: at + 1,
    };
    return `${input.ShardId} ${starts[input.ShardIteratorType]}`;
  }

  #records({ ShardIterator }: { ShardIterator: string }) {
    const [shardId = '', start = ''] = ShardIterator.split(' ');
    const { records, isClosed } = this.#shard(shardId);
    const Records = records.slice(Number(start), Number(start) + 3);
    const end = Number(start) + Records.length;
    return { Records, ...(!(isClosed && end === records.length) && { NextShardIterator: `${shardId} ${end}` }) };
  }
}
