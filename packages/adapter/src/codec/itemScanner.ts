import { isAscii } from 'node:buffer';

import { setMember } from '@castore-dynamodb/commons';

import { parseStoredNumber } from './decimal.js';
import { decodeBase64 } from './itemJson.js';

/** Thrown for JSON that is not as DynamoDB is known to write it. No error, since making one costs a stack trace. */
const UNEXPECTED = Symbol('unexpected JSON');

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

// Never within a string of JSON, and DynamoDB puts none between its tokens.
// oxlint-disable-next-line no-control-regex
const CONTROL_CHARACTER = /[\u0000-\u001f]/;
const NON_ASCII = /[\u0080-\u00ff]/g;

/** Up to this length V8 copies a slice; a longer one is a view that keeps the whole text alive. */
const MAX_COPIED_SLICE = 12;

/** The keys that a map had the last time, in their order: events of one type have the same ones. */
class KeyMemory {
  readonly keys: string[] = [];
  /** `"key":`, as it stands in the JSON. */
  readonly written: string[] = [];
  readonly memories: KeyMemory[] = [];
}

/**
 * Reads AttributeValues from their JSON in one pass, into the values that `decodeValue` would make of them.
 *
 * It owes its speed to two things: whether a string needs more than a copy is known from the next backslash and the next
 * byte beyond ASCII; and the keys of a map are most often those of the last map in the same place, so they are compared
 * rather than read.
 */
export class ItemScanner {
  readonly #buffer: Buffer;
  /** A character a byte, so that positions in the text are positions in the buffer. */
  readonly #text: string;
  readonly #nextBackslash: NextOccurrence;
  readonly #nextNonAscii: NextOccurrence;
  #position = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
    this.#text = buffer.toString('latin1');
    if (CONTROL_CHARACTER.test(this.#text)) throw UNEXPECTED;
    this.#nextBackslash = new NextOccurrence(from => this.#text.indexOf('\\', from));
    this.#nextNonAscii = new NextOccurrence(isAscii(buffer) ? () => -1 : from => this.#findNonAscii(from));
  }

  /** The items of a Query response, with their attributes as JavaScript values. */
  scanItems(): Record<string, unknown>[] {
    const memory = new KeyMemory();
    const items = this.#array(() => this.#map(memory));
    if (this.#position !== this.#text.length) throw UNEXPECTED;
    return items;
  }

  /** One AttributeValue: `{"S":"text"}`. */
  #value(memory: KeyMemory): unknown {
    this.#expect(OPENING_BRACE);
    this.#expect(QUOTE);
    const isOneLetter = this.#text.charCodeAt(this.#position + 1) === QUOTE;
    const end = isOneLetter ? this.#position + 1 : this.#text.indexOf('"', this.#position);
    const type = this.#text.slice(this.#position, end);
    this.#position = end + 1;
    this.#expect(0x3a /* : */);
    const value = this.#content(type, memory);
    this.#expect(CLOSING_BRACE);
    return value;
  }

  #content(type: string, memory: KeyMemory): unknown {
    switch (type) {
      case 'S':
        return this.#string();
      case 'N':
        return this.#number();
      case 'M':
        return this.#map(memory);
      case 'L':
        return this.#array(() => this.#value(memory));
      case 'BOOL':
        return this.#boolean();
      case 'NULL':
        if (!this.#boolean()) throw UNEXPECTED;
        return null;
      case 'B':
        return decodeBase64(this.#string());
      case 'SS':
        return new Set(this.#array(() => this.#string()));
      case 'NS':
        return new Set(this.#array(() => this.#number()));
      case 'BS':
        return new Set(this.#array(() => decodeBase64(this.#string())));
      default:
        throw UNEXPECTED;
    }
  }

  #map(memory: KeyMemory): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    this.#expect(OPENING_BRACE);
    if (this.#skip(CLOSING_BRACE)) return members;
    let index = 0;
    do {
      const key = this.#key(memory, index);
      setMember(members, key, this.#value(memory.memories[index++] as KeyMemory));
    } while (this.#skip(COMMA));
    this.#expect(CLOSING_BRACE);
    return members;
  }

  /** The key of a map's next member, with its colon; most often the one that is remembered at this index. */
  #key(memory: KeyMemory, index: number): string {
    const expected = memory.written[index];
    if (expected !== undefined && this.#text.startsWith(expected, this.#position)) {
      this.#position += expected.length;
      return memory.keys[index] as string;
    }
    const start = this.#position;
    const key = this.#string();
    this.#expect(0x3a /* : */);
    memory.keys[index] = key;
    memory.written[index] = this.#text.slice(start, this.#position);
    memory.memories[index] ??= new KeyMemory();
    return key;
  }

  #array<ELEMENT>(readElement: () => ELEMENT): ELEMENT[] {
    const elements: ELEMENT[] = [];
    this.#expect(OPENING_BRACKET);
    if (this.#skip(CLOSING_BRACKET)) return elements;
    do elements.push(readElement());
    while (this.#skip(COMMA));
    this.#expect(CLOSING_BRACKET);
    return elements;
  }

  #string(): string {
    this.#expect(QUOTE);
    const start = this.#position;
    let end = this.#text.indexOf('"', start);
    const hasEscapes = this.#nextBackslash.isBefore(end, start);
    if (hasEscapes) end = this.#endOfEscapedString(start);
    if (end === -1) throw UNEXPECTED;
    this.#position = end + 1;

    const isPlain = !this.#nextNonAscii.isBefore(end, start);
    const written = isPlain ? this.#copy(start, end) : this.#buffer.toString('utf8', start, end);
    return hasEscapes ? (JSON.parse(`"${written}"`) as string) : written;
  }

  /** A string of its own: as a view, an id of 20 characters that somebody keeps would keep a page of 1 MB. */
  #copy(start: number, end: number): string {
    return end - start <= MAX_COPIED_SLICE ? this.#text.slice(start, end) : this.#buffer.toString('latin1', start, end);
  }

  #endOfEscapedString(start: number): number {
    for (let position = start; position < this.#text.length; position++) {
      const code = this.#text.charCodeAt(position);
      if (code === QUOTE) return position;
      if (code === BACKSLASH) position++;
    }
    return -1;
  }

  /** `"-42"`: integers of up to 15 digits are read here, all other numbers by the codec. */
  #number(): number | bigint {
    this.#expect(QUOTE);
    const start = this.#position;
    const isNegative = this.#skip(MINUS);
    const firstDigit = this.#position;
    let magnitude = 0;
    let code = this.#text.charCodeAt(firstDigit);
    while (code >= ZERO && code <= NINE) {
      magnitude = magnitude * 10 + (code - ZERO);
      code = this.#text.charCodeAt(++this.#position);
    }
    const digits = this.#position - firstDigit;
    if (code === QUOTE && digits > 0 && digits <= 15) {
      this.#position++;
      return isNegative && magnitude !== 0 ? -magnitude : magnitude;
    }
    const end = this.#text.indexOf('"', start);
    const value = parseStoredNumber(this.#text.slice(start, end));
    if (value === undefined) throw UNEXPECTED;
    this.#position = end + 1;
    return value;
  }

  #boolean(): boolean {
    const value = this.#text.startsWith('true', this.#position);
    if (!value && !this.#text.startsWith('false', this.#position)) throw UNEXPECTED;
    this.#position += value ? 4 : 5;
    return value;
  }

  #findNonAscii(from: number): number {
    NON_ASCII.lastIndex = from;
    return NON_ASCII.exec(this.#text)?.index ?? -1;
  }

  #skip(code: number): boolean {
    if (this.#text.charCodeAt(this.#position) !== code) return false;
    this.#position++;
    return true;
  }

  #expect(code: number): void {
    if (!this.#skip(code)) throw UNEXPECTED;
  }
}

/** Where something occurs next. Positions are asked for in rising order, so that the text is searched once in all. */
class NextOccurrence {
  readonly #find: (from: number) => number;
  #next = 0;

  constructor(find: (from: number) => number) {
    this.#find = find;
    this.#next = find(0);
  }

  /** Whether it occurs from `start` on and before `end`. */
  isBefore(end: number, start: number): boolean {
    if (this.#next !== -1 && this.#next < start) this.#next = this.#find(start);
    return this.#next !== -1 && this.#next < end;
  }
}
