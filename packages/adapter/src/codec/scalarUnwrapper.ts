import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import { decodeValue } from './decodeValue.js';
import type { ItemReader } from './itemReader.js';
import { CLOSING_BRACKET, ENOUGH, OPENING_BRACKET, textOf, UNEXPECTED } from './jsonBytes.js';

/** A longer string stays wrapped: the expression would look at each of its characters, as JSON.parse does again. */
const STRING = '"[^"\\\\]{0,256}"';
/** A number that JSON.parse reads exactly, since no two decimals with 15 digits are the same double. It makes -0 of -0. */
const NUMBER = '0|-?[1-9]\\d{0,14}|-?(?=[\\d.]{3,16}")(?:0|[1-9]\\d*)\\.\\d*[1-9]';
const SCALAR = new RegExp(`\\{"(?:S":(${STRING})|N":"(${NUMBER})"|BOOL":(true|false))\\}`, 'g');

const BETWEEN_ITEMS = Buffer.from('}},{"');
/** What comes after the same bytes between the elements of a list. */
const TYPE = /^(?:[SNBML]|[SNB]S|BOOL|NULL)"/;

/**
 * Reads the items of a Query response with fewer AttributeValues: takes the wrappers that name the types away from
 * strings, numbers and booleans, and gives the rest to JSON.parse:
 *
 *     {"level":{"N":"42"},"moves":{"L":[{"S":"thunder"}]}}     as DynamoDB writes it
 *     {"level":42,"moves":{"L":["thunder"]}}                   as JSON.parse gets it
 *
 * Why it is fast: regular expressions and JSON.parse are compiled code from the first call on. Code of our own is
 * interpreted at first, and compiling it takes longer than reading some thousand events.
 *
 * Why it is exact: in JSON, no string has `{"S` in it, as its quotes are escaped. So what the expression finds is a wrapper.
 * JSON.parse decides about everything else, as it does on the plain way. Whether an object is a wrapper depends on its
 * place alone: a map may have a member named `S`. Only a value without a wrapper, which DynamoDB never writes, is not told
 * from one whose wrapper was taken away.
 */
export class ScalarUnwrapper implements ItemReader {
  readonly #json: Buffer;

  /** @param json an array of items */
  constructor(json: Buffer) {
    this.#json = json;
  }

  *parts(): Generator<Record<string, unknown>[]> {
    const json = this.#json;
    const last = json.length - 1;
    if (json[0] !== OPENING_BRACKET || json[last] !== CLOSING_BRACKET) throw UNEXPECTED;
    for (let start = 1, end: number; start <= last; start = end + 1) {
      end = endOfPart(json, start) ?? last;
      const text = textOf(json.subarray(start, end));
      // Spaces, as in broken JSON a number could become one with what stands beside it.
      yield JSON.parse(`[${text.replace(SCALAR, '$1 $2 $3')}]`) as Record<string, unknown>[];
    }
  }

  valueOf(attribute: unknown): unknown {
    return unwrap(attribute);
  }
}

/** The end of an item. If it were within one, what comes before it would be no JSON. Undefined in the last part. */
const endOfPart = (json: Buffer, start: number): number | undefined => {
  let end = start + ENOUGH;
  while ((end = json.indexOf(BETWEEN_ITEMS, end)) !== -1) {
    const next = end + BETWEEN_ITEMS.length;
    if (!TYPE.test(json.toString('latin1', next, next + 5))) return end + 2;
    end = next;
  }
  return undefined;
};

/**
 * Takes away the wrappers of maps and lists, in place, and decodes what else is left of any. A loop over what is still to
 * be done, and no recursion: that V8 compiles at the first reads, one function into another, for longer than it runs.
 */
const unwrap = (attribute: unknown): unknown => {
  if (typeof attribute !== 'object') return attribute;
  const root: Record<string, unknown> = { value: attribute };
  const open = [root];
  while (open.length > 0) {
    const members = open.pop();
    // Also of a list, by its indexes; and also a member named `__proto__`, since it is one of the object itself.
    for (const key in members) {
      const value = members[key] as Wrapped | string;
      if (typeof value !== 'object') continue;
      const { M, L = M } = value;
      if (typeof L === 'object' && L !== null && Array.isArray(L) === (M === undefined)) {
        open.push((members[key] = L) as Record<string, unknown>);
      } else members[key] = unwrapScalar(value);
    }
  }
  return root['value'];
};

type Wrapped = Readonly<Record<string, unknown>>;

const unwrapScalar = (value: Wrapped): unknown => {
  // Of anything else, something may have been taken away already.
  if (typeof (value['S'] ?? value['N'] ?? '') !== 'string') throw UNEXPECTED;
  return decodeValue(value as unknown as AttributeValue, '', refuse);
};

const refuse = (): never => {
  throw UNEXPECTED;
};
