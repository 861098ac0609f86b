import { createHash } from 'node:crypto';

import {
  DynamoDBSingleTableEventStorageAdapter,
  LegacyDynamoDBEventStorageAdapter,
} from '@castore/event-storage-adapter-dynamodb';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { CastoreDynamoDbError, InvalidPageTokenError } from '../../src/index.js';
import { caught, context, createAdapter, describeOnEveryAdapter, rejection } from '../support.js';

const IDS = ['a', 'b', 'OTHERS#c', '#', '__proto__', '{"limit":1}'];
const others = { eventStoreId: 'OTHERS' };

/** How a token is made, so that hostile ones pass for whole. */
const withChecksum = (layout: string, eventStoreId: string, content: string): string => {
  const encoded = Buffer.from(content).toString('base64url');
  const recipe = JSON.stringify(['page token 1', layout, eventStoreId, encoded]);
  return createHash('sha256').update(recipe).digest('base64url').slice(0, 16) + encoded;
};

const hostileStrings = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', 'a', 'OTHERS#d', 'OTHERS', '2026', '\ud800', 'x'.repeat(3000), '__proto__'),
);
const hostileValues = fc.oneof(
  hostileStrings,
  fc.constantFrom(null, 0, -1, 1, 1.5, 2, 3, 1e300, 2 ** 53, 2 ** 31, true, false),
  fc.jsonValue({ maxDepth: 2 }),
);
/** What a token holds, each part of it as it should be or anything else. */
const hostileContents = fc.oneof(
  { weight: 1, arbitrary: fc.jsonValue().map(value => JSON.stringify(value)) },
  { weight: 1, arbitrary: hostileStrings },
  {
    weight: 8,
    arbitrary: fc
      .record(
        {
          options: fc.oneof(
            hostileValues,
            fc.dictionary(
              fc.constantFrom('limit', 'reverse', 'initialEventAfter', 'initialEventBefore', 'pageToken', '__proto__'),
              hostileValues,
            ),
          ),
          position: fc.oneof(
            { weight: 1, arbitrary: hostileValues },
            {
              weight: 6,
              arbitrary: fc.record(
                {
                  aggregateId: fc.oneof(fc.constantFrom(...IDS), hostileValues),
                  initialEventTimestamp: fc.oneof(
                    fc.constant('2026-01-01T00:00:00.001Z'),
                    hostileStrings,
                    hostileValues,
                  ),
                  keyIndex: fc.oneof(fc.constant(0), hostileValues),
                  eventStoreId: hostileStrings,
                },
                { requiredKeys: ['aggregateId', 'initialEventTimestamp', 'keyIndex'] },
              ),
            },
          ),
        },
        { requiredKeys: [] },
      )
      .map(content => JSON.stringify(content)),
  },
);

type Mutation = (token: string, other: string) => string;

const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat({ max: 7 })).map(([at, bit]) => (token: string) => {
    const bytes = Buffer.from(token, 'latin1');
    const position = at % bytes.length;
    bytes[position] = (bytes[position] ?? 0) ^ (1 << bit);
    return bytes.toString('latin1');
  }),
  fc.nat().map(at => (token: string) => token.slice(0, at % token.length)),
  fc.nat().map(at => (token: string) => token.slice(1 + (at % token.length))),
  fc.tuple(fc.nat(), fc.nat()).map(([left, right]) => (token: string, other: string) => {
    return token.slice(0, left % token.length) + other.slice(right % other.length);
  }),
  fc.tuple(fc.nat(), fc.string({ unit: 'binary', minLength: 1 })).map(([at, text]) => (token: string) => {
    const position = at % (token.length + 1);
    return token.slice(0, position) + text + token.slice(position);
  }),
  fc.nat().map(at => (token: string) => {
    const position = at % token.length;
    const letter = token.charAt(position);
    const swapped = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
    return token.slice(0, position) + swapped + token.slice(position + 1);
  }),
  fc.constantFrom<Mutation>(
    token => `${token}=`,
    token => token.repeat(2),
    token => token.toUpperCase(),
    token => Buffer.from(token).toString('base64'),
    token => encodeURIComponent(`${token} `),
    (token, other) => token.slice(0, 16) + other.slice(16),
  ),
);

describeOnEveryAdapter('page tokens', ({ engine, layout, adapter, dynamoDbClient, tableName, requests }) => {
  const otherLayout = layout === 'single-table' ? 'table-per-store' : 'single-table';
  const CastoreAdapter =
    layout === 'single-table' ? DynamoDBSingleTableEventStorageAdapter : LegacyDynamoDBEventStorageAdapter;
  let own: string[];
  let foreign: string[];

  const tokensOf = async (eventStoreId: string): Promise<string[]> => {
    const options = [{}, { reverse: true }, { initialEventAfter: '2026' }, { initialEventBefore: '2027' }];
    const pages = [1, 2, 3].flatMap(limit =>
      options.map(more => adapter.listAggregateIds({ eventStoreId }, { limit, ...more })),
    );
    return (await Promise.all(pages)).flatMap(({ nextPageToken }) => nextPageToken ?? []);
  };

  beforeAll(async () => {
    for (const aggregateId of IDS) {
      await adapter.pushEvent(caught(aggregateId, 1), context);
      if (layout === 'single-table') await adapter.pushEvent(caught(`other ${aggregateId}`, 1), others);
    }
    const theirs = new CastoreAdapter({ tableName, dynamoDBClient: dynamoDbClient });
    const { nextPageToken: castoreToken } = await theirs.listAggregateIds(context, { limit: 2 });
    own = await tokensOf(context.eventStoreId);
    foreign = [...(await tokensOf(others.eventStoreId)), castoreToken ?? ''];
    expect(own).toHaveLength(12);
    expect(foreign).toHaveLength(13);
  });

  const expectRefusal = async (pageToken: string): Promise<void> => {
    requests.splice(0);
    const error = await rejection(adapter.listAggregateIds(context, { pageToken }));
    expect(error).toBeInstanceOf(InvalidPageTokenError);
    expect(requests).toHaveLength(0);
  };

  it('of other event stores, and of Castore, are refused', async () => {
    for (const token of foreign) await expectRefusal(token);
  });

  it('of the other layout are refused', async () => {
    const other = createAdapter(otherLayout, tableName, engine.client());
    for (const pageToken of own) {
      await expect(other.listAggregateIds(context, { pageToken })).rejects.toBeInstanceOf(InvalidPageTokenError);
    }
  });

  it(
    'that were changed in any way are refused before a request',
    async () => {
      const property = fc.asyncProperty(mutations, fc.nat(), fc.nat(), async (mutate, first, second) => {
        const tokens = [...own, ...foreign];
        const mutated = mutate(own[first % own.length] as string, tokens[second % tokens.length] as string);
        fc.pre(!own.includes(mutated));
        await expectRefusal(mutated);
      });
      await checkProperty(property, { quick: 150, soak: 50_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'that hold anything at all list nothing of another event store, and fail with an error of ours at worst',
    async () => {
      const property = fc.asyncProperty(hostileContents, async content => {
        const pageToken = withChecksum(layout, context.eventStoreId, content);
        try {
          const { aggregateIds } = await adapter.listAggregateIds(context, { pageToken });
          expect(IDS).toStrictEqual(expect.arrayContaining(aggregateIds.map(({ aggregateId }) => aggregateId)));
        } catch (error) {
          if (!(error instanceof CastoreDynamoDbError)) throw error;
          expect(['InvalidPageTokenError', 'InvalidArgumentError']).toContain(error.code);
        }
      });
      await checkProperty(property, { quick: 60, soak: 10_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it('are forged here as the adapter makes them', () => {
    const [token = ''] = own;
    const content = Buffer.from(token.slice(16), 'base64url').toString();
    expect(withChecksum(layout, context.eventStoreId, content)).toBe(token);
  });
});
