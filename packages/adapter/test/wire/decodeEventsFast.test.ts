import { deepStrictEqual } from 'node:assert/strict';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import type { EventDetail } from '@castore/core';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { ItemUnwrapper } from '../../src/codec/itemUnwrapper.js';
import { ScalarUnwrapper } from '../../src/codec/scalarUnwrapper.js';
import { decodeEventsFast } from '../../src/read/decodeEventsFast.js';
import { unreadablePlaces } from '../model/foreignItems.js';
import { oddPages, soundPages } from './items.js';
import { plainEvents, readMembers } from './plainEvents.js';
import { itemToWire, writeJson, writings } from './writeJson.js';

type Scan = (json: Buffer | string) => EventDetail[] | undefined;

const scanWith =
  (Reader: typeof ItemUnwrapper | typeof ScalarUnwrapper): Scan =>
  given => {
    const json = Buffer.from(given);
    return decodeEventsFast(json, key => key, new Reader(json));
  };

const scanByBytes = scanWith(ItemUnwrapper);
const scanByJson = scanWith(ScalarUnwrapper);

const attempt = <RESULT>(run: () => RESULT): { result: RESULT } | { error: unknown } => {
  try {
    return { result: run() };
  } catch (error) {
    return { error };
  }
};

/** Equal, and with members in the same order. */
const expectSame = (scanned: EventDetail[] | undefined, plain: EventDetail[]): void => {
  deepStrictEqual(scanned, plain);
  const options = { depth: null, maxArrayLength: null, maxStringLength: null };
  expect(inspect(scanned, options)).toBe(inspect(plain, options));
};

/** Numbers as DynamoDB writes them, whoever wrote them first. */
const withoutLeadingZeros = (json: string): Buffer => Buffer.from(json.replaceAll(/"N":"(-?)0+(?=\d)/g, '"N":"$1'));

/** Long strings may have control characters on the fast way, which JSON has in escapes only. */
const withEscapes = (json: Buffer): Buffer =>
  Buffer.from(
    Array.from(json.toString(), character =>
      character < ' ' ? JSON.stringify(character).slice(1, -1) : character,
    ).join(''),
  );

/** Whether there is a value without a wrapper, which `ScalarUnwrapper` does not notice. DynamoDB never writes one. */
const hasBareValue = (json: Buffer): boolean => {
  const isBare = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return true;
    const { M = {}, L = [] } = value as { M?: object; L?: object };
    return [...Object.values(M), ...Object.values(L)].some(isBare);
  };
  const items = attempt(() => JSON.parse(json.toString()) as object[]);
  return 'result' in items && items.result.some(item => Object.values(item).some(isBare));
};

/** The plain way must have the same result. If it fails, or if the scanner gives up, the plain way decides anyway. */
const expectSameOrNothing = (scan: Scan, json: Buffer): void => {
  const scanned = scan(json);
  if (scanned === undefined || (scan !== scanByBytes && hasBareValue(json))) return;
  let plain = attempt(() => plainEvents(json));
  if ('error' in plain) plain = attempt(() => plainEvents(withEscapes(json)));
  if ('error' in plain) throw new Error(`The plain way fails: ${String(plain.error)}`, { cause: plain.error });
  expectSame(scanned, plain.result);
};

describe.each([
  ['ItemUnwrapper', scanByBytes],
  ['ScalarUnwrapper', scanByJson],
])('decodeEventsFast by %s, held against JSON.parse and the plain decoding', (name, scan) => {
  it(
    'reads every value as DynamoDB writes it, without the help of the plain way',
    async () => {
      const property = fc.asyncProperty(soundPages, fc.boolean(), async (items, shuffled) => {
        const json = withoutLeadingZeros(
          writeJson(items.map(itemToWire), { shuffled, escaped: false, spaced: false, seed: items.length }),
        );
        // What somebody else added to an item is not looked at.
        const isReadable = items.every(({ payload, metadata }) =>
          [payload, metadata].every(value => value === undefined || unreadablePlaces(value).length === 0),
        );
        if (isReadable) expectSame(scan(json), plainEvents(json));
        else expect(scan(json)).toBeUndefined();
      });
      await checkProperty(property, { quick: 80, soak: 40_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'reads it in any other writing too, or leaves it to the plain way',
    async () => {
      const property = fc.asyncProperty(oddPages, writings, async (items, writing) =>
        expectSameOrNothing(scan, Buffer.from(writeJson(items.map(itemToWire), writing))),
      );
      await checkProperty(property, { quick: 80, soak: 40_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'reads nothing else if bytes are changed, missing, doubled or too many',
    async () => {
      const harm = fc.oneof(
        fc.record({
          position: fc.nat(),
          removed: fc.constant(1),
          added: fc.uint8Array({ minLength: 1, maxLength: 1 }),
        }),
        fc.record({ position: fc.nat(), removed: fc.nat({ max: 40 }), added: fc.uint8Array({ maxLength: 3 }) }),
        fc.record({ position: fc.nat(), removed: fc.constant(2 ** 31), added: fc.constant(new Uint8Array()) }),
        fc.record({
          position: fc.nat(),
          removed: fc.constantFrom(0, 1),
          added: fc.constantFrom(...'"\\{}[]:,0eNSM-+. \n\u0000').map(character => Buffer.from(character)),
        }),
      );
      const property = fc.asyncProperty(soundPages, harm, async (items, { position, removed, added }) => {
        const json = Buffer.from(writeJson(items.map(item => itemToWire(readMembers(item)))));
        const at = position % json.length;
        expectSameOrNothing(scan, Buffer.concat([json.subarray(0, at), added, json.subarray(at + removed)]));
      });
      await checkProperty(property, { quick: 250, soak: 200_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  const event = (attributes: string): string =>
    `[{"aggregateId":{"S":"pikachu"},"version":{"N":"1"},"type":{"S":"T"},"timestamp":{"S":"2026"},${attributes}}]`;

  it.each([
    [
      'a member named __proto__',
      '"payload":{"M":{"__proto__":{"M":{"isAdmin":{"BOOL":true}}},"constructor":{"N":"1"}}}',
    ],
    ['one written in escapes', '"payload":{"M":{"\\u005f_proto__":{"M":{"isAdmin":{"BOOL":true}}}}}'],
    ['__proto__ as an attribute', '"__proto__":{"M":{}}'],
    ['a member twice', '"payload":{"M":{"a":{"S":"1"},"b":{"S":"2"},"a":{"S":"3"}}}'],
    ['keys that are numbers', '"payload":{"M":{"b":{"S":"1"},"10":{"S":"2"},"9":{"S":"3"}}}'],
    ['an empty key', '"payload":{"M":{"":{"S":"1"}}}'],
    ['escapes', '"payload":{"S":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\ud83e\\udd84"}'],
    ['half a surrogate pair', '"payload":{"S":"\\ud83e"}'],
    ['a backslash before the quote', '"payload":{"L":[{"S":"\\\\"},{"S":"a"}]}'],
    [
      'every plane of Unicode',
      '"payload":{"L":[{"S":"é€🦄\u2028\u{10ffff}"},{"S":"ascii again"},{"S":"\u007f\u0080"}]}',
    ],
    ['Unicode beside escapes', '"payload":{"M":{"é\\n":{"S":"\\u00e9é"}}}'],
    ['what looks like JSON', '"payload":{"S":"{\\"S\\":\\"]}],\\"}"}'],
    ['numbers of up to 15 digits', '"payload":{"L":[{"N":"999999999999999"},{"N":"-1"},{"N":"-0"}]}'],
    ['other numbers', '"payload":{"L":[{"N":"9007199254740993"},{"N":"1e2"},{"N":"+5"},{"N":"0.10"},{"N":"1E+2"}]}'],
    ['sets', '"payload":{"L":[{"SS":["a","é"]},{"NS":["1","2e60"]},{"BS":["AA==","AAE="]}]}'],
    ['bytes', '"payload":{"L":[{"B":""},{"B":"AA=="},{"B":"AAE="},{"B":"AAEC"}]}'],
    ['empty lists and maps', '"payload":{"L":[{"L":[]},{"M":{}}]}'],
    [
      'long strings',
      `"payload":{"L":[{"S":"${'x'.repeat(5_000)}"},{"S":"${'é\\n'.repeat(500)}"},{"S":"${'é'.repeat(500)}"}]}`,
    ],
    ['long Unicode', `"payload":{"M":{"é":{"S":"${'é€🦄\u{10ffff}\ufeff'.repeat(20_000)}"},"🦄":{"S":"€"}}}`],
    ['long keys', `"payload":{"M":{"${'k'.repeat(600)}":{"N":"1"},"${'\\"'.repeat(40)}":{"N":"2"}}}`],
    ...[62, 63, 64, 65, 66, 67, 3_000, 9_000].map(size => [
      `${size} bytes`,
      `"payload":{"L":[{"B":"${Buffer.alloc(size, 0xfb).toString('base64')}"},{"B":"AA=="}]}`,
    ]),
    ['zeros of every writing', '"payload":{"L":[{"N":"0"},{"N":"-0"},{"N":"0.0"},{"N":"-0.00"},{"N":"0e5"}]}'],
    [
      'many bytes beside numbers',
      `"payload":{"L":[${'{"B":"AA=="},{"N":"1000000000000000"},{"N":"1e15"},'.repeat(300)}{"N":"1"}]}`,
    ],
  ])('reads %s by itself', (_, attributes) => {
    const json = event(attributes);
    expectSame(scan(json), plainEvents(Buffer.from(json)));
  });

  it.each([
    ['white space', event('"payload": {"S":"a"}')],
    ['white space at the end', `${event('"payload":{"S":"a"}')} `],
    ['more than an array', `${event('"payload":{"S":"a"}')},"Items":[]`],
    ['an unknown type', event('"payload":{"F":"1"}')],
    ['two types', event('"payload":{"S":"1","N":"1"}')],
    ['no type', event('"payload":{}')],
    ['a map that is a list', event('"payload":{"M":[{"S":"1"}]}')],
    ['a list that is a map', event('"payload":{"L":{"a":{"S":"1"}}}')],
    ['a map that is null', event('"payload":{"M":{"a":{"M":null}}}')],
    ['a list that is null', event('"payload":{"M":{"a":{"L":null}}}')],
    ['null for a member', event('"payload":{"M":{"a":null}}')],
    ['NULL that is not', event('"payload":{"NULL":false}')],
    ['a boolean that is none', event('"payload":{"BOOL":1}')],
    ['a number with zeros in front', event('"payload":{"N":"007"}')],
    ['a number without quotes', event('"payload":{"N":1}')],
    ['a number that is none', event('"payload":{"N":"one"}')],
    ['no number', event('"payload":{"N":""}')],
    ['a number that JavaScript has not', event('"payload":{"N":"9007199254740993.5"}')],
    ...['AA=A', 'A===', '=', 'AA', 'AA-A', 'AA_A', 'AA\\nAA', `${'A'.repeat(800)}\u00e9AAA`].flatMap(base64 => [
      [`bytes that are no base64: ${base64}`, event(`"payload":{"B":"${base64}"}`)],
      [`many bytes that are no base64: ${base64}`, event(`"payload":{"B":"${'A'.repeat(100)}${base64}"}`)],
    ]),
    ['a line break in a string', event('"payload":{"S":"a\nb"}')],
    ['an escape that JSON has not', event('"payload":{"S":"\\x41"}')],
    ['an event without a type', '[{"aggregateId":{"S":"a"},"version":{"N":"1"},"timestamp":{"S":"2026"}}]'],
    ['a version that is text', event('"version":{"S":"1"}')],
    ['a version below 1', event('"version":{"N":"0"}')],
    ['a version below 0', event('"version":{"N":"-1"}')],
    ['a version beyond the safe integers', event('"version":{"N":"9007199254740993"}')],
    ['no array', '{}'],
    ['nothing', ''],
  ])('leaves %s to the plain way, or reads it likewise', (_, json) => {
    if (name === 'ItemUnwrapper') expect(scan(json)).toBeUndefined();
    else expectSameOrNothing(scan, Buffer.from(json));
  });

  it('leaves bytes that are no UTF-8 to the plain way, wherever they stand', () => {
    for (const text of ['?', '?'.repeat(600)])
      for (const byte of [0x80, 0xc3, 0xff])
        for (const json of [event(`"payload":{"S":"${text}"}`), event(`"payload":{"M":{"${text}":{"N":"1"}}}`)]) {
          const bytes = Buffer.from(json);
          bytes[json.lastIndexOf('?')] = byte;
          expect(scan(bytes)).toBeUndefined();
        }
  });
});

describe.each([
  ['ItemUnwrapper', scanByBytes],
  ['ScalarUnwrapper', scanByJson],
])('what decodeEventsFast by %s returns', (_name, scan) => {
  it('keeps nothing of the page alive that it was read from', () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const page = (number: number): Buffer =>
      Buffer.from(
        writeJson(
          Array.from({ length: 1_000 }, (_, index) =>
            itemToWire({
              aggregateId: { S: 'pikachu' },
              version: { N: String(index + 1) },
              type: { S: 'T' },
              timestamp: { S: '2026' },
              payload: { M: { id: { S: `an id of page ${number}, event ${index}` }, text: { S: 'x'.repeat(900) } } },
            }),
          ),
        ),
      );
    const memoryInUse = (): number => {
      collectGarbage();
      // V8 keeps the characters of very long strings outside of its heap.
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const before = memoryInUse();

    const ids = Array.from({ length: 20 }, (_, number) => {
      const [event] = scan(page(number)) as [EventDetail];
      return (event.payload as { id: string }).id;
    });

    expect(memoryInUse() - before).toBeLessThan(5 * 1024 * 1024);
    expect(new Set(ids).size).toBe(20);
  });
});

describe('decodeEventsFast', () => {
  it('reads the same after it has read so much that it takes the other way', () => {
    const item = itemToWire({
      aggregateId: { S: 'pikachu' },
      version: { N: '1' },
      type: { S: 'T' },
      timestamp: { S: '2026' },
      payload: {
        M: { text: { S: 'x'.repeat(900) }, list: { L: [{ M: { 'a "key"': { NULL: true } } }, { N: '-0.5' }] } },
      },
    });
    const json = Buffer.from(writeJson(Array.from({ length: 2_000 }, () => item)));
    const expected = plainEvents(json);
    const parts = jest.spyOn(ItemUnwrapper.prototype, 'parts');

    const first = decodeEventsFast(json, key => key);
    const isFirstByLoop = parts.mock.calls.length > 0;
    let last: EventDetail[] | undefined;
    for (let bytes = 0; bytes < 8 * 1024 * 1024; bytes += json.length) last = decodeEventsFast(json, key => key);

    expect(isFirstByLoop).toBe(false);
    expect(parts).toHaveBeenCalled();
    expect(first).toStrictEqual(expected);
    expect(last).toStrictEqual(expected);
  });
});
