import { Readable } from 'node:stream';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readPage } from '@castore-dynamodb/testing/codeBlocks';
import { preset } from '@castore-dynamodb/testing/preset';

import { DynamoDbSingleTableEventStorageAdapter } from '../src/index.js';

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html */
const WRITE_UNITS_A_SECOND_OF_A_KEY = 1_000;
/** Simulated time. It does not pass by itself: each request comes at its own instant. */
const SECONDS = 0.05;

/**
 * DynamoDB as far as its partitions are concerned: a key takes 1,000 write units a second, and a write whose index entry
 * does not fit into that is throttled as a whole (index back-pressure). Each aggregate has its own table key, so only the
 * index keys can be hot. It answers real requests of the real adapter.
 */
class PartitionModel {
  now = 0;
  readonly #usedOfKey = new Map<string, number>();

  readonly handle = ({ request }: { request: { body: Uint8Array | string } }) => {
    const { Item: item } = JSON.parse(
      typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body),
    ) as {
      Item: { eventStoreId: { S: string } };
    };
    const indexKey = item.eventStoreId.S;
    const used = this.#usedOfKey.get(indexKey) ?? 0;
    const hasRoom = used + 1 <= 1 + this.now * WRITE_UNITS_A_SECOND_OF_A_KEY;
    if (hasRoom) this.#usedOfKey.set(indexKey, used + 1);
    const body = hasRoom
      ? '{}'
      : JSON.stringify({ __type: 'ProvisionedThroughputExceededException', message: 'hot key' });
    return { statusCode: hasRoom ? 200 : 400, headers: {}, body: Readable.from([Buffer.from(body)]) };
  };
}

/** Creates half as many aggregates again as the keys could take, evenly over time; counts those that were created. */
const reachedASecond = async (initialEventShards: number | undefined): Promise<number> => {
  const model = new PartitionModel();
  const adapter = new DynamoDbSingleTableEventStorageAdapter({
    tableName: 'events',
    dynamoDbClient: new DynamoDBClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      requestHandler: {
        metadata: { handlerProtocol: 'http/1.1' },
        handle: (request: { body: string }) => Promise.resolve({ response: model.handle({ request }) }),
      } as never,
    }),
    ...(initialEventShards === undefined ? {} : { initialEventShards }),
  });
  const offered = 1.5 * WRITE_UNITS_A_SECOND_OF_A_KEY * (initialEventShards ?? 1) * SECONDS;
  let created = 0;
  for (let index = 0; index < offered; index++) {
    model.now = (index / offered) * SECONDS;
    const event = { aggregateId: `pokemon-${index}`, version: 1, type: 'POKEMON_CAUGHT' };
    await adapter.pushEvent(event, { eventStoreId: 'POKEMONS' }).then(
      () => created++,
      (error: Error) => expect(error.name).toBe('ProvisionedThroughputExceededException'),
    );
  }
  return created / SECONDS;
};

describe('shards of the index key, simulated', () => {
  // Each takes seconds of work.
  it.each(preset({ quick: [undefined, 4], soak: [undefined, 1, 4, 16, 64] }))(
    'with %s, as many aggregates a second are created as the site says',
    async shards => {
      const reached = await reachedASecond(shards);

      const page = readPage('adapter');
      expect(page).toContain(`| ${shards ?? 'none'} | ${reached.toLocaleString('en')} |`);
    },
  );
});
