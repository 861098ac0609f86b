import { textOf } from './text.js';

/** Kinds of data that events hold, as far as reading them differs. */
export const SHAPES = ['ascii', 'accents', 'cjk', 'decimals', 'optional', 'long', 'deep', 'bytes'] as const;

export type Shape = (typeof SHAPES)[number];

export const SHAPE_TITLES: Record<Shape, string> = {
  ascii: 'short ASCII',
  accents: 'accents, 2 KB',
  cjk: 'CJK and emoji',
  decimals: 'decimals',
  optional: 'optional members in any order',
  long: 'one text of 5 KB',
  deep: 'deep nesting',
  bytes: 'bytes',
};

const ACCENTS = Array.from('Éléonore Müller wohnt in der Straße à côté du café. ');
const CJK = Array.from('電気鼠は十万ボルトを使った🦄⚡ ピカチュウ ');
const ENGLISH = Array.from('The quick brown fox jumps over the lazy dog. ');

/** Characters out of a text, from another place for each version. */
const excerpt = (characters: readonly string[], version: number, length: number): string =>
  Array.from({ length }, (_, index) => characters[(version + index) % characters.length]).join('');

const decimal = (version: number, seed: number, places: number): number =>
  Number((((version * 7_919 + seed * 104_729) % 1_000_000) / 1_000).toFixed(places));

const bytes = (version: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (version * 31 + index * 7) % 256);

/** The members in another order for each version. */
const shuffled = (members: Record<string, unknown>, version: number): object => {
  const left = Object.entries(members);
  const result: [string, unknown][] = [];
  for (let seed = version; left.length > 0; seed = (seed * 1_103_515 + 12_345) % 2_147_483) {
    result.push(...left.splice(seed % left.length, 1));
  }
  return Object.fromEntries(result);
};

const nested = (depth: number, version: number): object =>
  depth === 0
    ? { leaf: version, text: textOf(version, 6) }
    : {
        left: nested(depth - 1, version),
        list: [[version], [{ depth }]],
        ...(depth % 2 === 1 ? { right: nested(depth - 1, version + 1) } : {}),
      };

const PAYLOADS: Record<Shape, (version: number) => object> = {
  ascii: version => ({
    name: 'pikachu',
    level: version % 100,
    trainer: { id: textOf(version, 12), badges: 8 },
    moves: ['thunder', 'quick attack'],
    shiny: false,
    note: textOf(version + 1, 60),
  }),
  accents: version => ({
    name: 'Pikáchu',
    lines: Array.from({ length: 14 }, (_, line) => ({
      sku: textOf(version + line, 10),
      quantity: line,
      note: excerpt(ACCENTS, version + line, 80),
      gift: line % 2 === 0,
    })),
  }),
  cjk: version => ({
    name: 'ピカチュウ',
    level: version % 100,
    trainer: { id: excerpt(CJK, version, 9), badges: 8 },
    moves: ['雷', '電光石火'],
    note: excerpt(CJK, version, 50),
  }),
  decimals: version => ({
    price: decimal(version, 1, 2),
    position: { latitude: decimal(version, 2, 6), longitude: -decimal(version, 3, 6) },
    lines: Array.from({ length: 4 }, (_, line) => ({
      quantity: line + 1,
      unit: decimal(version, line, 2),
      // With the usual error in the last of 17 digits, now and then.
      total: decimal(version, line, 2) * (line + 1),
    })),
  }),
  optional: version =>
    shuffled(
      {
        name: 'pikachu',
        level: version % 100,
        note: textOf(version + 1, 40),
        ...(version % 2 === 0 ? {} : { nickname: textOf(version, 8) }),
        ...(version % 3 === 0 ? {} : { shiny: version % 6 === 1 }),
        ...(version % 5 === 0 ? {} : { trainer: shuffled({ id: textOf(version, 12), badges: 8 }, version) }),
        ...(version % 7 === 0 ? { released: null } : {}),
      },
      version,
    ),
  long: version => ({ id: textOf(version, 20), body: excerpt(ENGLISH, version, 5_000) }),
  deep: version => nested(4, version),
  bytes: version => ({
    name: textOf(version, 10),
    thumbnail: bytes(version, 120),
    hash: bytes(version, 32),
    parts: [bytes(version, 3)],
  }),
};

export const payloadOf = (shape: Shape, version: number): object => PAYLOADS[shape](version);
