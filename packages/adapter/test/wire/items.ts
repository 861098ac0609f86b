import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';

import type { Item } from '../../src/codec/eventItem.js';
import { attributeValues } from '../model/foreignItems.js';
import { keys, strings } from '../model/storableValues.js';

const string = (text: string): AttributeValue => ({ S: text });

/** Items of a sound event, with any payload and metadata, and now and then an attribute of somebody else's. */
const soundItems: fc.Arbitrary<Item> = fc
  .record(
    {
      aggregateId: fc.constant('pikachu').map(string),
      version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(version => ({ N: String(version) })),
      type: fc.oneof(fc.constant('CAUGHT'), strings).map(string),
      timestamp: fc.constant('2026-01-01T00:00:00.000Z').map(string),
      payload: attributeValues,
      metadata: attributeValues,
      pushId: fc.uint8Array({ minLength: 9, maxLength: 9 }).map(B => ({ B })),
      expiresAt: attributeValues,
    },
    { requiredKeys: ['aggregateId', 'version', 'type', 'timestamp'] },
  )
  .map(item => item as Item);

/** Items that lack what an event has, or have it in another type. */
const oddItems: fc.Arbitrary<Item> = fc.oneof(
  fc.dictionary(keys, attributeValues),
  fc
    .tuple(soundItems, fc.constantFrom('aggregateId', 'version', 'type', 'timestamp'), attributeValues)
    .map(([item, name, value]) => ({ ...item, [name]: value })),
);

/** The same few items again and again, so that members are where they were the last time, or elsewhere. */
const pagesOf = (items: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> =>
  fc
    .tuple(fc.array(items, { minLength: 1, maxLength: 4 }), fc.array(fc.nat({ max: 3 }), { maxLength: 10 }))
    .map(([kinds, picks]) => picks.map(pick => kinds[pick % kinds.length] as Item));

export const soundPages = pagesOf(soundItems);
export const oddPages = pagesOf(fc.oneof({ weight: 3, arbitrary: soundItems }, { weight: 1, arbitrary: oddItems }));
