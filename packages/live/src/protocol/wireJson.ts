// JSON for everything that an event's payload can hold. What JSON has no form for is an object with one member that begins
// with `$`; a payload's own objects of that form get one more `$`, so that nothing can be mistaken.

const isTagLike = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] as string).startsWith('$');
};

const escaped = new WeakSet<object>();

/** `JSON.stringify` with bigints, bytes and sets. */
export const toWire = (value: unknown): string =>
  JSON.stringify(value, function (this: Record<string, unknown>, key: string, converted: unknown) {
    // JSON.stringify asks `toJSON` first, which a Buffer has.
    const member = this[key];
    if (typeof member === 'bigint') return tagged('$bigint', String(member));
    if (member instanceof Uint8Array) return tagged('$bytes', toBase64(member));
    if (member instanceof Set) return tagged('$set', [...member]);
    if (isTagLike(member) && !escaped.has(member)) {
      const [tag, inner] = Object.entries(member)[0] as [string, unknown];
      return tagged(`$${tag}`, inner);
    }
    return converted;
  });

const tagged = (tag: string, value: unknown): object => {
  const object = { [tag]: value };
  escaped.add(object);
  return object;
};

/** What `toWire` has encoded. @throws SyntaxError */
export const fromWire = (text: string): unknown =>
  // A reviver's results are defined, not assigned, so that `__proto__` stays a member like any other.
  JSON.parse(text, (_, value: unknown) => {
    if (!isTagLike(value)) return value;
    const [tag, inner] = Object.entries(value)[0] as [string, never];
    switch (tag) {
      case '$bigint':
        return BigInt(inner);
      case '$bytes':
        return fromBase64(inner);
      case '$set':
        return new Set(inner);
      default:
        return tag.startsWith('$$') ? { [tag.slice(1)]: inner } : value;
    }
  });

const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let start = 0; start < bytes.length; start += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(text);
};

const fromBase64 = (base64: string): Uint8Array => Uint8Array.from(atob(base64), character => character.charCodeAt(0));
