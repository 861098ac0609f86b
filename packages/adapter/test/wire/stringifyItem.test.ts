import { deepStrictEqual } from 'node:assert/strict';

import * as sdk from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';

import { PRESET_TIMEOUT_MS } from '../../../../test-support/preset.js';
import { checkProperty } from '../../../../test-support/property.js';
import type { Item } from '../../src/codec/eventItem.js';
import { stringifyItem } from '../../src/codec/itemJson.js';
import { attributeValues } from '../model/foreignItems.js';
import { keys } from '../model/storableValues.js';
import { answeringClient } from './answeringClient.js';
import { itemToWire } from './writeJson.js';

const items: fc.Arbitrary<Item> = fc.dictionary(keys, attributeValues, { noNullPrototype: true });

const hasProtoKey = (json: string): boolean => json.includes('"__proto__"');

describe('stringifyItem', () => {
  it(
    'writes what the SDK writes',
    async () => {
      const { client, requests } = answeringClient(sdk, () => ({}));
      const property = fc.asyncProperty(items, async Item => {
        const json = stringifyItem(Item);
        fc.pre(!hasProtoKey(json));
        await client.send(new sdk.PutItemCommand({ TableName: 'pokemons', Item }));
        const { Item: written } = JSON.parse(requests.pop()?.body ?? '') as { Item: unknown };
        deepStrictEqual(JSON.parse(json), written);
      });
      await checkProperty(property, { quick: 300, soak: 30_000 });
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
        const json = stringifyItem(item);
        expect(hasProtoKey(json)).toBe(true);
        expect(json).toBe(JSON.stringify(itemToWire(item)));
      });
      await checkProperty(property, { quick: 300, soak: 30_000 });
    },
    PRESET_TIMEOUT_MS,
  );
});
