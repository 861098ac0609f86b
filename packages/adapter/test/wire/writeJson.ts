import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { seededRandom } from '@castore-dynamodb/testing/seededRandom';
import * as fc from 'fast-check';

/** The ways in which JSON may be written that mean the same. */
export interface Writing {
  /** Members in another order each time. */
  shuffled: boolean;
  /** Some characters as `\u0041`, or with a backslash that they do not need. */
  escaped: boolean;
  /** White space between the tokens. */
  spaced: boolean;
  seed: number;
}

/** As DynamoDB writes it, as far as is known. */
const compact: Writing = { shuffled: false, escaped: false, spaced: false, seed: 0 };

export const writings: fc.Arbitrary<Writing> = fc.oneof(
  fc.constant(compact),
  fc.record({ shuffled: fc.boolean(), escaped: fc.boolean(), spaced: fc.constant(false), seed: fc.integer() }),
  fc.record({ shuffled: fc.boolean(), escaped: fc.boolean(), spaced: fc.boolean(), seed: fc.integer() }),
);

const toEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

const SPACES = ['', '', ' ', '\n', '\t', '\r\n  '];

/** Writes JSON in one of its many ways. */
export const writeJson = (json: unknown, writing: Writing = compact): string => {
  const random = seededRandom(writing.seed);
  const oneOf = <VALUE>(values: readonly VALUE[]): VALUE => values[Math.floor(random() * values.length)] as VALUE;
  const space = (): string => (writing.spaced ? oneOf(SPACES) : '');

  const writeString = (text: string): string => {
    const written = JSON.stringify(text);
    if (!writing.escaped) return written;
    return written.replace(/\\u....|\\.|[^"\\]/gsu, part => {
      if (part.startsWith('\\') || random() < 0.7) return part;
      return part === '/' ? '\\/' : part.replace(/./gs, toEscape);
    });
  };
  const inOrder = <VALUE>(values: VALUE[]): VALUE[] =>
    writing.shuffled ? values.toSorted(() => random() - 0.5) : values;

  const write = (value: unknown): string => {
    if (typeof value === 'string') return writeString(value);
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(element => space() + write(element) + space()).join()}]`;
    const members = inOrder(Object.entries(value)).map(
      ([key, member]) => space() + writeString(key) + space() + ':' + space() + write(member) + space(),
    );
    return `{${members.join()}}`;
  };
  return space() + write(json) + space();
};

/** An AttributeValue as it goes over the wire, its bytes in base64. */
const toWire = (value: AttributeValue): object => {
  if (value.B !== undefined) return { B: Buffer.from(value.B).toString('base64') };
  if (value.BS !== undefined) return { BS: value.BS.map(bytes => Buffer.from(bytes).toString('base64')) };
  if (value.L !== undefined) return { L: value.L.map(toWire) };
  if (value.M !== undefined) return { M: itemToWire(value.M) };
  return { ...value };
};

export const itemToWire = (item: Record<string, AttributeValue>): object =>
  Object.fromEntries(Object.entries(item).map(([key, value]) => [key, toWire(value)]));
