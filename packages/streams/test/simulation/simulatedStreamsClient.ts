import type {
  DescribeStreamCommandOutput,
  DynamoDBStreamsClient,
  GetRecordsCommandOutput,
  GetShardIteratorCommandOutput,
} from '@aws-sdk/client-dynamodb-streams';

import type { Shard, SimulatedStream } from './simulatedStream.js';

/** What goes wrong with some requests: asked for before each. */
export type Fault =
  | 'throttled'
  | 'expired'
  | 'answerLost'
  /** A 200 without anything. */
  | 'emptyAnswer'
  /** A listing of shards without any, or without every second one. */
  | 'emptyListing'
  | 'incompleteListing'
  | undefined;

type Output = Omit<DescribeStreamCommandOutput & GetRecordsCommandOutput & GetShardIteratorCommandOutput, '$metadata'>;

const named = (name: string): Error => Object.assign(new Error(name), { name });

/** The API of DynamoDB Streams, in front of a simulated stream. Small pages, so that there are many steps. */
export class SimulatedStreamsClient {
  /** How many records each shard had when a page of it was empty: then those before it were done with. */
  readonly #readTo = new Map<string, number>();
  /** Shards that listings do not show. */
  leaveOut: (shardId: string) => boolean = () => false;

  constructor(
    readonly stream: SimulatedStream,
    readonly nextFault: () => Fault,
    /** Called before and after each request: throws when the process dies. */
    readonly step: (isAfter: boolean) => void,
  ) {}

  /** As what a poller takes it for. */
  get client(): DynamoDBStreamsClient {
    return this as unknown as DynamoDBStreamsClient;
  }

  /** Whether everything is done with. A shard is read when its parent is done with, so the open ones tell. */
  get isRead(): boolean {
    const open = this.stream.shards.filter(({ isClosed }) => !isClosed);
    return open.every(({ shardId, records }) => this.#readTo.get(shardId) === records.length);
  }

  async send(
    { constructor: { name }, input }: { constructor: { name: string }; input: object },
    { abortSignal }: { abortSignal: AbortSignal },
  ): Promise<Output> {
    await new Promise(setImmediate);
    abortSignal.throwIfAborted();
    this.step(false);
    const fault = this.nextFault();
    if (fault === 'throttled') throw named('LimitExceededException');
    if (fault === 'expired' && name === 'GetRecordsCommand') throw named('ExpiredIteratorException');
    const output = fault === 'emptyAnswer' ? {} : this.#answer(name, input as Record<string, string>, fault);
    this.step(true);
    if (fault === 'answerLost') throw named('TimeoutError');
    return output;
  }

  #answer(name: string, input: Record<string, string | undefined>, fault: Fault): Output {
    if (name === 'DescribeStreamCommand') return this.#describe(input.ExclusiveStartShardId, fault);
    if (name === 'GetRecordsCommand') return this.#records(input.ShardIterator as string);
    const shard = this.#shard(input.ShardId as string);
    const isBehind = ({ dynamodb }: Shard['records'][number]) => dynamodb?.SequenceNumber === input.SequenceNumber;
    const start = input.ShardIteratorType === 'TRIM_HORIZON' ? shard.trimmed : shard.records.findIndex(isBehind) + 1;
    return { ShardIterator: `${shard.shardId} ${start}` };
  }

  /** Two shards a page. */
  #describe(start: string | undefined, fault: Fault): Output {
    const shards = this.stream.shards;
    const first = start === undefined ? 0 : shards.findIndex(({ shardId }) => shardId === start) + 1;
    const page = shards.slice(first, first + 2);
    const isShown = (index: number, { shardId }: Shard): boolean =>
      fault !== 'emptyListing' && !(fault === 'incompleteListing' && index % 2 === 0) && !this.leaveOut(shardId);
    const shown = page.filter((shard, index) => isShown(index, shard));
    const Shards = shown.map(({ shardId, parent }) => ({ ShardId: shardId, ParentShardId: parent?.shardId }));
    const LastEvaluatedShardId = first + 2 < shards.length ? page.at(-1)?.shardId : undefined;
    return { StreamDescription: { Shards, LastEvaluatedShardId } };
  }

  #records(iterator: string): Output {
    const [shardId, position] = iterator.split(' ') as [string, string];
    const { records, trimmed, isClosed } = this.#shard(shardId);
    const start = Number(position);
    if (start < trimmed) throw named('TrimmedDataAccessException');
    const page = records.slice(start, start + 3);
    if (page.length === 0) this.#readTo.set(shardId, records.length);
    const end = start + page.length;
    return {
      Records: page as Output['Records'],
      ...(!(isClosed && end === records.length) && { NextShardIterator: `${shardId} ${end}` }),
    };
  }

  #shard(shardId: string): Shard {
    const shard = this.stream.shards.find(candidate => candidate.shardId === shardId);
    if (shard === undefined) throw named('ResourceNotFoundException');
    return shard;
  }
}
