import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { formatPath, type Refuse, setMember } from '@castore-dynamodb/commons';

import { decodeBase64 } from './base64.js';
import { parseStoredNumber } from './decimal.js';

/**
 * Turns a DynamoDB value into the JavaScript value that `encodeValue` makes it from. `refuse` is called for a stored value
 * that JavaScript cannot hold, or that is none.
 */
export const decodeValue = (attributeValue: AttributeValue, attributeName: string, refuse: Refuse): unknown => {
  try {
    return new Decoder(attributeName, refuse).decode(attributeValue);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Such as null in place of a value: something in between has rewritten the record of a stream.
    return refuse(attributeName, 'it does not have the form in which DynamoDB hands out values.');
  }
};

/** The SDK loses members named `__proto__` as it reads a response: their value, or the member, which is then the prototype. */
const LOST = 'the version of the AWS SDK that read it from DynamoDB lost its value: read the event with getEvents.';

const hasLostMember = (members: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(members);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
};

class Decoder {
  /** Grows and shrinks with the walk, so that only an error costs a copy of it. */
  readonly #path: (string | number)[];
  readonly #refuse: Refuse;

  constructor(attributeName: string, refuse: Refuse) {
    this.#path = [attributeName];
    this.#refuse = refuse;
  }

  decode(attributeValue: AttributeValue | undefined): unknown {
    if (attributeValue === undefined) return this.#fail(LOST);
    if (attributeValue.S !== undefined) return attributeValue.S;
    if (attributeValue.N !== undefined) return this.#number(attributeValue.N);
    if (attributeValue.BOOL !== undefined) return attributeValue.BOOL;
    if (attributeValue.NULL !== undefined) return null;
    if (attributeValue.M !== undefined) return this.#map(attributeValue.M);
    if (attributeValue.L !== undefined) return this.#list(attributeValue.L);
    if (attributeValue.B !== undefined) return this.#binary(attributeValue.B);
    if (attributeValue.SS !== undefined) return new Set(attributeValue.SS);
    if (attributeValue.NS !== undefined) return new Set(attributeValue.NS.map(number => this.#number(number)));
    if (attributeValue.BS !== undefined) return new Set(attributeValue.BS.map(bytes => this.#binary(bytes)));
    return this.#fail(`it is of a type that is not known here (${Object.keys(attributeValue).join()}).`);
  }

  #map(members: Record<string, AttributeValue>): Record<string, unknown> {
    if (hasLostMember(members)) return this.#within('__proto__', () => this.#fail(LOST));
    const object: Record<string, unknown> = {};
    for (const key of Object.keys(members)) {
      this.#path.push(key);
      setMember(object, key, this.decode(members[key]));
      this.#path.pop();
    }
    return object;
  }

  #list(elements: AttributeValue[]): unknown[] {
    return elements.map((element, index) => this.#within(index, () => this.decode(element)));
  }

  #within<VALUE>(step: string | number, work: () => VALUE): VALUE {
    this.#path.push(step);
    const value = work();
    this.#path.pop();
    return value;
  }

  #number(text: string): number | bigint {
    return parseStoredNumber(text) ?? this.#fail('JavaScript has no number that is exactly equal to the stored one.');
  }

  /**
   * A Buffer, which some versions of the SDK hand out, is not what was pushed; what Lambda hands out is base64. Bytes that
   * went through JSON (`{"0":1,"1":2}`) are refused: nothing says what they were.
   */
  #binary(bytes: Uint8Array | string): Uint8Array {
    if (typeof bytes === 'string') {
      return decodeBase64(Buffer.from(bytes)) ?? this.#fail('its bytes are no base64.');
    }
    if (!ArrayBuffer.isView(bytes)) return this.#fail('its bytes are neither a Uint8Array nor base64.');
    return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #fail(reason: string): never {
    return this.#refuse(formatPath(this.#path), reason);
  }
}
