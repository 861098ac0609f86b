import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { EventStore } from '@castore/core';
import { type FollowedShard, followStreams, type StreamHandler, type StreamRecord } from '@castore-dynamodb/streams';

import { tablesOf } from '../../src/feed/feedTables.js';

export interface MappingOptions {
  readonly eventStores: readonly EventStore[];
  readonly dynamoDbClient: DynamoDBClient;
  readonly streamsClient: DynamoDBStreamsClient;
  /** Gets each batch; a batch that it reports as failed comes again from there on. */
  readonly handler: (records: StreamRecord[]) => ReturnType<StreamHandler>;
}

export interface Mapping extends AsyncDisposable {
  /** What the function threw. */
  readonly errors: unknown[];
}

/**
 * Lambda's event source mapping: hands the records that come from now on to a function, one batch of a shard at a time.
 * Resolves when it has begun with every shard.
 */
export const startMapping = async (options: MappingOptions): Promise<Mapping> => {
  const { eventStores, dynamoDbClient, streamsClient } = options;
  const tables = tablesOf(eventStores, dynamoDbClient);
  const end = new AbortController();
  const errors: unknown[] = [];
  const awaited = new Set<string>();
  let listings = 0;
  let begin = (): void => {};
  const begun = new Promise<void>(resolve => (begin = resolve));
  const hear = ({ streamArn, shardId }: FollowedShard): void => {
    awaited.delete(`${streamArn} ${shardId}`);
    if (awaited.size === 0 && listings >= tables.length) begin();
  };
  const { ended } = await followStreams({
    tables,
    dynamoDbStreamsClient: streamsClient,
    pollIntervalMs: 30,
    signal: end.signal,
    onShards: () => void listings++,
    startOf: ({ streamArn, shardId }) => {
      awaited.add(`${streamArn} ${shardId}`);
      return 'latest';
    },
    onEmptyPage: hear,
    onSkipped: () => {},
    onEnd: hear,
    onError: error => errors.push(error),
    onRecords: async (shard, records) => {
      hear(shard);
      let left = records.map(record => asInLambda(record, shard.streamArn));
      while (left.length > 0 && !end.signal.aborted) left = await handle(left);
    },
  });
  /** What is left of a batch. */
  const handle = async (records: StreamRecord[]): Promise<StreamRecord[]> => {
    try {
      const { batchItemFailures } = await options.handler(records);
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const first = records.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
      return first === -1 ? [] : records.slice(first);
    } catch (error) {
      errors.push(error);
      return records;
    }
  };
  await begun;
  return {
    errors,
    async [Symbol.asyncDispose]() {
      end.abort();
      await ended;
    },
  };
};

/** As Lambda hands it to a function: JSON. */
const asInLambda = (record: StreamRecord, eventSourceARN: string): StreamRecord => ({
  ...(JSON.parse(JSON.stringify(record)) as StreamRecord),
  eventSourceARN,
});
