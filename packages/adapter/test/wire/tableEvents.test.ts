import { deepStrictEqual } from 'node:assert/strict';

import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { cutItems } from '../../src/codec/cutItems.js';
import type { Item } from '../../src/codec/eventItem.js';
import { parseItems } from '../../src/codec/itemJson.js';
import { UNEXPECTED } from '../../src/codec/jsonBytes.js';
import { decodeTableEvent, parseEventItem } from '../../src/index.js';
import { eventsIn } from '../../src/stored/tableEvents.js';
import { oddPages } from './items.js';
import { itemToWire, writeJson, writings } from './writeJson.js';

/** What reading has come to: a value, or the name of an error. */
const outcomeOf = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    if (error === UNEXPECTED) return error;
    return (error as { code?: string }).code ?? (error as Error).name;
  }
};

const fieldsOf = ({ aggregateId, version, type, timestamp, encoding }: Item) => ({
  partitionKey: aggregateId?.S,
  version: Number(version?.N),
  type: type?.S,
  timestamp: timestamp?.S,
  isTransformed: encoding !== undefined,
});

const isEvent = (item: Item): boolean => {
  const { version, ...texts } = fieldsOf(item);
  return Number.isInteger(version) && version >= 1 && !Object.values(texts).includes(undefined);
};

const plainly = (item: Item) => outcomeOf(() => parseEventItem('table-per-store', 'POKEMONS', item));

const page = (...items: object[]): Buffer => Buffer.from(JSON.stringify(items));
const of = (version: string, more: object = {}) => ({
  aggregateId: { S: 'POKEMONS#a"b' },
  version: { N: version },
  type: { S: 'CAUGHT' },
  timestamp: { S: '2026-01-01T00:00:00.000Z' },
  ...more,
});

describe('The events in the items of a page', () => {
  it(
    'are those that the plain way finds and reads, however the page is written',
    async () => {
      const property = fc.asyncProperty(oddPages, writings, async (items, writing) => {
        const json = Buffer.from(writeJson(items.map(itemToWire), writing));
        const parsed = outcomeOf(() => parseItems(json));
        const events = outcomeOf(() => eventsIn(json).map(({ json: own, ...fields }) => ({ own, fields })));
        if (!Array.isArray(parsed)) return;
        const wanted = (parsed as Item[]).filter(isEvent);
        deepStrictEqual(
          (events as { fields: object }[]).map(({ fields }) => fields),
          wanted.map(fieldsOf),
        );
        deepStrictEqual(
          (events as { own: Buffer }[]).map(({ own }) =>
            outcomeOf(() => decodeTableEvent('table-per-store', 'POKEMONS', own)),
          ),
          wanted.map(plainly),
        );
      });
      await checkProperty(property, { quick: 200, soak: 40_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it('are found among other items, without reading these', () => {
    const payload = { M: { '}},{"': { S: '}},{"' }, L: { L: [{ M: {} }, { S: '\\' }, { S: '\\"' }] } } };
    const json = page(
      of('1', { payload }),
      of('0.5'),
      of('-1'),
      of('2', { type: { N: '1' } }),
      { a: { S: '{' } },
      of('3'),
    );
    expect(cutItems(json)).toHaveLength(6);
    const events = eventsIn(json);
    expect(events.map(({ version }) => version)).toEqual([1, 3]);
    const [first] = events;
    expect(first).toMatchObject({ partitionKey: 'POKEMONS#a"b', isTransformed: false });
    expect(decodeTableEvent('single-table', 'POKEMONS', first?.json as Buffer)).toEqual({
      aggregateId: 'a"b',
      version: 1,
      type: 'CAUGHT',
      timestamp: '2026-01-01T00:00:00.000Z',
      payload: { '}},{"': '}},{"', L: [{}, '\\', '\\"'] },
    });
    expect(decodeTableEvent('single-table', 'TRAINERS', first?.json as Buffer)).toBeUndefined();
    expect(eventsIn(page())).toEqual([]);
  });

  it('are cut without help as DynamoDB writes them', () => {
    const json = page(of('1', { payload: { S: 'é🦊'.repeat(20) } }), of('2', { encoding: { S: 'gzip' } }));
    expect(cutItems(json).map(({ version, isEncoded }) => [version, isEncoded])).toEqual([
      ['1', false],
      ['2', true],
    ]);
    expect(cutItems(json).map(({ start, end }) => JSON.parse(json.toString('utf8', start, end)))).toEqual(
      JSON.parse(json.toString()),
    );
  });

  it.each(['', '[', '[{', '[{}', '[{"a"', '[{"a":{"S":"', '[{"a":{"S":"x"}}', '[{"a":{"S":"x"}}]x', '[{"a":1}]'])(
    'are not cut out of what is no page: %s',
    text => {
      expect(outcomeOf(() => cutItems(Buffer.from(text)))).toBe(UNEXPECTED);
    },
  );

  it('come without JSON if the SDK has lost a member of them', () => {
    const lost = { M: Object.create({ isAdmin: { BOOL: true } }) as Record<string, never> };
    const items = [of('1', { payload: lost }), of('2', { payload: { L: [lost] } }), of('3')] as Item[];
    const events = eventsIn(items);
    expect(events.map(({ json }) => json !== undefined)).toEqual([false, false, true]);
    expect(decodeTableEvent('single-table', 'POKEMONS', events[2]?.json as Buffer)).toMatchObject({ version: 3 });
  });
});
