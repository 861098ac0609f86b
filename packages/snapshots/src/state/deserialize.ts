import { CONSTANTS, HOLE, setMember } from './serialize.js';

/** The value that `serialize` made a text of. @throws if the text is of something else. */
export const deserialize = (text: string): unknown => {
  const flat: unknown = JSON.parse(text);
  return Array.isArray(flat) ? new Deserializer(flat).value(0) : new Deserializer([]).value(flat);
};

class Deserializer {
  readonly #flat: readonly unknown[];
  readonly #values = new Map<number, unknown>();

  constructor(flat: readonly unknown[]) {
    this.#flat = flat;
  }

  value(index: unknown): unknown {
    if (typeof index !== 'number' || index >= this.#flat.length)
      throw new TypeError('It refers to a value that is not there.');
    if (index < 0) {
      if (!CONSTANTS.has(index)) throw new TypeError('It refers to an unknown constant.');
      return CONSTANTS.get(index);
    }
    if (this.#values.has(index)) return this.#values.get(index);
    return this.#build(index, this.#flat[index]);
  }

  #build(index: number, flat: unknown): unknown {
    if (typeof flat !== 'object' || flat === null) return this.#keep(index, flat);
    if (!Array.isArray(flat)) return this.#members(this.#keep(index, {}), flat);
    return typeof flat[0] === 'string' ? this.#tagged(index, flat) : this.#array(index, flat);
  }

  /** Objects are kept before they have their members, of which one may be the object itself. */
  #keep<VALUE>(index: number, value: VALUE): VALUE {
    this.#values.set(index, value);
    return value;
  }

  #array(index: number, flat: unknown[]): unknown[] {
    const array = this.#keep<unknown[]>(index, []);
    array.length = flat.length;
    flat.forEach((element, position) => {
      if (element !== HOLE) array[position] = this.value(element);
    });
    return array;
  }

  #members(object: object, flat: object): object {
    for (const [key, index] of Object.entries(flat)) setMember(object, key, this.value(index));
    return object;
  }

  #tagged(index: number, [tag, ...content]: unknown[]): unknown {
    switch (tag) {
      case 'bigint':
        return this.#keep(index, BigInt(content[0] as string));
      case 'Date':
        return this.#keep(index, new Date(this.value(content[0]) as number));
      case 'Uint8Array':
        return this.#keep(index, Uint8Array.from(Buffer.from(content[0] as string, 'base64')));
      case 'null':
        return this.#members(this.#keep(index, Object.create(null) as object), content[0] as object);
      case 'Map': {
        const map = this.#keep(index, new Map<unknown, unknown>());
        for (const [key, member] of content as [unknown, unknown][]) map.set(this.value(key), this.value(member));
        return map;
      }
      case 'Set': {
        const set = this.#keep(index, new Set<unknown>());
        for (const member of content) set.add(this.value(member));
        return set;
      }
      default:
        throw new TypeError('It holds a value of an unknown kind.');
    }
  }
}
