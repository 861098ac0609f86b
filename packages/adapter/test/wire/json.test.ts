import { deepStrictEqual } from 'node:assert/strict';

import * as sdk from '@aws-sdk/client-dynamodb';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import type { Item } from '../../src/codec/eventItem.js';
import { stringifyJson } from '../../src/codec/itemJson.js';
import { splitResponse } from '../../src/codec/responseBody.js';
import { attributeValues } from '../model/foreignItems.js';
import { keys } from '../model/storableValues.js';
import { answeringClient } from './answeringClient.js';
import { soundPages } from './items.js';
import { itemToWire, writeJson, writings } from './writeJson.js';

/** Text that looks like the places where a response could be cut. */
const treacherous = fc
  .array(
    fc.constantFrom(
      '"Items":[',
      '{"Items":[',
      ',"Items":[',
      ']',
      ']}',
      '],"',
      '],"Count":1}',
      '"',
      '\\',
      ',',
      '{',
      'x',
      'é',
    ),
    { maxLength: 5 },
  )
  .map(parts => parts.join(''));

const key = fc.record({
  aggregateId: fc.record({ S: treacherous }),
  version: fc.record({ N: fc.nat().map(String) }),
});

const page = fc
  .tuple(soundPages, fc.array(treacherous, { maxLength: 4 }))
  .map(([items, texts]) => [
    ...items.map(itemToWire),
    ...texts.map(text => ({ payload: { M: { [text]: { L: [{ S: text }, { SS: [text] }] } } } })),
  ]);

/** All that DynamoDB answers a Query with. */
const knownMembers = fc.record(
  {
    Items: page,
    Count: fc.nat(),
    ScannedCount: fc.nat(),
    LastEvaluatedKey: key,
    ConsumedCapacity: fc.record({
      TableName: treacherous,
      CapacityUnits: fc.double({ noNaN: true, noDefaultInfinity: true }),
      GlobalSecondaryIndexes: fc.dictionary(treacherous, fc.record({ CapacityUnits: fc.nat() }), { maxKeys: 2 }),
    }),
  },
  { requiredKeys: ['Items', 'Count'] },
);

/** What it may answer with one day. */
const unknownMembers = fc.dictionary(
  treacherous.filter(name => name !== ''),
  fc.oneof(treacherous, page, fc.array(fc.nat()), fc.record({ Items: page }), fc.constant(null)),
  { maxKeys: 2 },
);

const inAnyOrder = (response: object): fc.Arbitrary<object> =>
  fc
    .shuffledSubarray(Object.entries(response), { minLength: Object.keys(response).length })
    .map(entries => Object.fromEntries(entries));

const split = (json: string): unknown => {
  const parts = splitResponse(Buffer.from(json));
  if (parts === undefined) return undefined;
  const envelope = JSON.parse(parts.envelope.toString()) as { Items: unknown };
  expect(envelope.Items).toStrictEqual([]);
  return { ...envelope, Items: JSON.parse(parts.items.toString()) as unknown };
};

/** Undefined for a cut that fails whoever reads the items. */
const splitOrFail = (json: string): unknown => {
  const items = splitResponse(Buffer.from(json))?.items.toString();
  try {
    JSON.parse(items ?? '');
  } catch {
    return undefined;
  }
  return split(json);
};

describe('splitResponse, held against JSON.parse', () => {
  it(
    'cuts every response that DynamoDB is known to give, in any order of its members',
    async () => {
      const property = fc.asyncProperty(knownMembers.chain(inAnyOrder), async response => {
        const json = writeJson(response);
        deepStrictEqual(split(json), JSON.parse(json));
      });
      await checkProperty(property, { quick: 250, soak: 100_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'cuts any other response right, not at all, or so that its items are no JSON',
    async () => {
      const responses = fc
        .tuple(knownMembers, unknownMembers)
        .chain(([known, unknown]) => inAnyOrder({ ...unknown, ...known }));
      const property = fc.asyncProperty(responses, writings, async (response, writing) => {
        const json = writeJson(response, writing);
        const parts = splitOrFail(json);
        if (parts !== undefined) deepStrictEqual(parts, JSON.parse(json));
      });
      await checkProperty(property, { quick: 250, soak: 100_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it('fails a read rather than take two arrays with white space around them for one', () => {
    const { items } = splitResponse(Buffer.from('{"Items":[{"a":1}] ,"Later":[1]}')) ?? {};
    expect(() => JSON.parse(String(items))).toThrow(SyntaxError);
  });

  const pageOf = (size: number): object[] => [{ payload: { L: [{ S: '],"'.repeat(size / 4) }, { S: ']}' }] } }];

  it.each([
    ['a page of 1 MB', { Count: 1, Items: pageOf(2 ** 20), ScannedCount: 1 }],
    ['items at the end', { Count: 1, Items: pageOf(2 ** 20) }],
    ['no items', { Items: [], Count: 0 }],
    [
      'a key of 2 KB, all of it in escapes',
      { Items: pageOf(2 ** 16), LastEvaluatedKey: { aggregateId: { S: '\u0000'.repeat(2048) } } },
    ],
    [
      'an array after the items',
      { Items: pageOf(64), LastEvaluatedKey: { version: { N: '1' } }, Later: [{ a: [] }], Count: 1 },
    ],
    ['an array before the items', { Earlier: [{ a: [1] }], Items: pageOf(64), Count: 1 }],
  ])('cuts %s', (_, response) => {
    const json = JSON.stringify(response);
    expect(split(json)).toStrictEqual(JSON.parse(json));
  });

  it.each([
    ['an error', '{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"Rate exceeded"}'],
    ['a count', '{"Count":1,"ScannedCount":1}'],
    ['items in a member', '{"Later":{"Items":[1]},"Count":1}'],
    ['a key that ends in the same letters', '{"x\\"Items":[1],"Count":1}'],
    ['white space', '{ "Items" : [ ] }'],
    ['what was cut off', '{"Count":1,"Items":[{"payload":{"L":[{"S":"a"}'],
    ['no JSON', '<html>]}'],
    ['nothing', ''],
  ])('does not cut %s', (_, json) => {
    expect(splitResponse(Buffer.from(json))).toBeUndefined();
  });
});

const items: fc.Arbitrary<Item> = fc.dictionary(keys, attributeValues, { noNullPrototype: true });

const hasProtoKey = (json: string): boolean => json.includes('"__proto__"');

describe('stringifyJson', () => {
  it(
    'writes what the SDK writes',
    async () => {
      const { client, requests } = answeringClient(sdk, () => ({}));
      const property = fc.asyncProperty(items, async Item => {
        const json = stringifyJson(Item);
        fc.pre(!hasProtoKey(json));
        await client.send(new sdk.PutItemCommand({ TableName: 'pokemons', Item }));
        const { Item: written } = JSON.parse(requests.pop()?.body ?? '') as { Item: unknown };
        deepStrictEqual(JSON.parse(json), written);
      });
      await checkProperty(property, { quick: 150, soak: 30_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'writes every key, __proto__ too',
    async () => {
      const withProto = fc.tuple(items, attributeValues, attributeValues).map(([item, ...values]) => ({
        ...item,
        payload: { M: Object.fromEntries([['__proto__', values[0]]]) },
        list: {
          L: [
            {
              M: Object.fromEntries([
                ['a', values[0]],
                ['__proto__', values[1]],
              ]),
            },
          ],
        },
      }));
      const property = fc.asyncProperty(withProto, async item => {
        const json = stringifyJson(item);
        expect(hasProtoKey(json)).toBe(true);
        expect(json).toBe(JSON.stringify(itemToWire(item)));
      });
      await checkProperty(property, { quick: 150, soak: 30_000 });
    },
    PRESET_TIMEOUT_MS,
  );
});
