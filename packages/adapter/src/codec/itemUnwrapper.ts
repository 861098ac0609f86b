import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isObject, setMember } from '@castore-dynamodb/commons';

import { decodeBase64 } from './base64.js';
import { decodeValue } from './decodeValue.js';
import type { ItemReader } from './itemReader.js';
import {
  BACKSLASH,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COLON,
  COMMA,
  copyNumber,
  copyString,
  copyText,
  ENOUGH,
  EXACT_DIGITS,
  endOfScalar,
  literalAt,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTE,
  textOf,
  UNEXPECTED,
  wordOf,
} from './jsonBytes.js';

// What comes after `{"`, four bytes as one number, since one comparison is fast.
const STRING = wordOf('S":"');
const NUMBER = wordOf('N":"');
const MAP = wordOf('M":{');
const LIST = wordOf('L":[');
const BINARY = wordOf('B":"');

/** From this length on, a string is worth a reference: JSON.parse looks at each of its bytes. */
const LONG = 512;
/** References are multiples of this, which no number is that is copied. */
const REFERENCE = 10 ** EXACT_DIGITS;

/**
 * Reads the items of a Query response without making AttributeValues of them. Copies their JSON without the wrappers
 * that name the types, and gives the copy to JSON.parse:
 *
 *     {"level":{"N":"42"},"moves":{"L":[{"S":"thunder"}]}}     as DynamoDB writes it
 *     {"level":42,"moves":["thunder"]}                         as JSON.parse gets it
 *
 * Why it is fast: half of what JSON.parse does with a response is making the objects for the wrappers. Leaving them out
 * takes less time once V8 has compiled this loop. JSON.parse gets 32 KB at a time:
 * memory for a text of a megabyte would have to be fetched from the operating system for each page.
 *
 * Why it is exact: a byte is left out if it is what has to stand there, and copied otherwise. So JSON.parse decides about
 * all that is no wrapper (keys such as `__proto__`, escapes, broken JSON) as it does on the plain way. In place of a value
 * that it has no form for, or might round, stands a reference to the bytes, which then go the plain way.
 */
export class ItemUnwrapper implements ItemReader {
  readonly #json: Buffer;
  readonly #copy: Buffer;
  #position = 1;
  /** The starts of the AttributeValues that the references in the current part stand for. */
  #references: number[] = [];
  #hasNestedReferences = false;

  /** @param json an array of items */
  constructor(json: Buffer) {
    this.#json = json;
    this.#copy = Buffer.allocUnsafe(json.length);
  }

  *parts(): Generator<Record<string, unknown>[]> {
    const json = this.#json;
    if (json[0] !== OPENING_BRACKET) throw UNEXPECTED;
    if (json[1] === CLOSING_BRACKET && json.length === 2) return;
    do {
      this.#references = [];
      this.#hasNestedReferences = false;
      yield JSON.parse(textOf(this.#copyItems())) as Record<string, unknown>[];
    } while (json[this.#position - 1] === COMMA);
  }

  /** The value of an attribute, with what references in it stand for. */
  valueOf(attribute: unknown): unknown {
    if (typeof attribute === 'number' && attribute >= REFERENCE) {
      return decode(this.#json, this.#references[attribute / REFERENCE - 1] as number);
    }
    if (!this.#hasNestedReferences) return attribute;
    if (Array.isArray(attribute)) {
      for (let index = 0; index < attribute.length; index++) attribute[index] = this.valueOf(attribute[index]);
    } else if (isObject(attribute)) {
      // `Object.keys` would make an array of the keys.
      for (const key in attribute) {
        const member = attribute[key];
        const value = this.valueOf(member);
        if (value !== member) setMember(attribute, key, value);
      }
    }
    return attribute;
  }

  /**
   * One loop over the values, with all its state in local variables: by calls for each kind of value, the first read of a
   * process would take half as long again.
   */
  // oxlint-disable-next-line complexity
  #copyItems(): Buffer {
    const json = this.#json;
    const copy = this.#copy;
    let position = this.#position;
    let length = 1;
    let depth = 0;
    let next: number | undefined;
    copy[0] = OPENING_BRACKET;
    do {
      if (depth === 0) {
        if (json[position++] !== OPENING_BRACE) throw UNEXPECTED;
        copy[length++] = OPENING_BRACE;
        depth = 1;
      }
      // The key of a map's member; elements of a list have none.
      if (json[position] === QUOTE) {
        const size = copyString(json, position, copy, length);
        position += size;
        length += size;
        if (json[position++] !== COLON) throw UNEXPECTED;
        copy[length++] = COLON;
      }

      const start = position;
      if (json[start] !== OPENING_BRACE || json[start + 1] !== QUOTE) throw UNEXPECTED;
      const head = json.readInt32BE(start + 2);
      if (head === MAP || head === LIST) {
        const opening = json[start + 5] as number;
        copy[length++] = opening;
        position += 6;
        depth++;
        // Either kind of closing bracket is two characters after its opening one.
        if (json[position] !== opening + 2) continue;
      } else {
        let size = 0;
        if (head === STRING) {
          size = copyString(json, start + 5, copy, length);
          position += size + 5;
        } else if (head === NUMBER) {
          size = copyNumber(json, start + 6, copy, length);
          position += size + 7;
        } else if (head !== BINARY) {
          size = copyText(literalAt(json, start), copy, length);
          position += size + 8;
        }
        if (size === 0 || size > LONG) {
          position = endOfScalar(json, start);
          size = copyText(`${this.#references.push(start)}e${EXACT_DIGITS}`, copy, length);
          this.#hasNestedReferences ||= depth > 1;
        }
        length += size;
        if (json[position++] !== CLOSING_BRACE) throw UNEXPECTED;
      }

      // Maps and lists that end here, with their wrappers, and items, which have none.
      next = json[position++];
      while (depth > 0 && (next === CLOSING_BRACE || next === CLOSING_BRACKET)) {
        copy[length++] = next;
        if (--depth > 0 && json[position++] !== CLOSING_BRACE) throw UNEXPECTED;
        next = json[position++];
      }
      if (next !== COMMA && (depth > 0 || next !== CLOSING_BRACKET || position !== json.length)) throw UNEXPECTED;
      copy[length++] = next;
    } while (depth > 0 || (next === COMMA && length < ENOUGH));
    copy[length - 1] = CLOSING_BRACKET;
    this.#position = position;
    return copy.subarray(0, length);
  }
}

/**
 * The value of the AttributeValue that starts there. A string without escapes is taken as it stands, so one with a control
 * character is not refused.
 */
const decode = (json: Buffer, start: number): unknown => {
  const end = endOfScalar(json, start);
  const head = json.readInt32BE(start + 2);
  if (head === STRING) {
    const content = json.subarray(start + 6, end - 1);
    if (!content.includes(BACKSLASH)) return textOf(content);
  }
  const bytes = head === BINARY ? decodeBase64(json, start + 6, end - 1) : undefined;
  return (
    bytes ??
    decodeValue(JSON.parse(textOf(json.subarray(start, end + 1))) as AttributeValue, '', () => {
      throw UNEXPECTED;
    })
  );
};
