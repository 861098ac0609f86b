import type { IncomingMessage } from 'node:http';

/** The bytes of a response's body, which is a stream in Node, or undefined if it is something unknown. */
export const collectBody = async (body: unknown): Promise<Buffer | undefined> => {
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (typeof (body as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator] !== 'function') {
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  // Text comes from streams that somebody made for a test, or gave an encoding.
  for await (const chunk of readWhole(body as Partial<IncomingMessage>) ??
    (body as AsyncIterable<Uint8Array | string>)) {
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  }
  return Buffer.concat(chunks);
};

/**
 * A small body usually comes with its headers, and is complete by now: taking it at once costs less than waiting for its
 * end. A stream that does not flow hands out all that it has.
 */
const readWhole = (body: Partial<IncomingMessage>): (Uint8Array | string)[] | undefined => {
  if (body.complete !== true || body.readableFlowing === true) return undefined;
  const whole = body.read?.() as Uint8Array | string | null | undefined;
  return whole ? [whole] : undefined;
};

/** A Query response, cut into its items and all the rest. */
export interface SplitResponse {
  /** The JSON array of items, brackets included. */
  items: Buffer;
  /** The response with an empty array of items: a few hundred bytes that are cheap to deserialise. */
  envelope: Buffer;
}

/** The comma or brace rules out a longer key that ends in an escaped quote and the same letters. */
const OPENING = /[{,]"Items":\[/;
/** What comes after the array of items is the next member, or the end of the response. */
const BEFORE_NEXT_MEMBER = '],"';
const BEFORE_END = ']}';
/** Longer than any member beside `Items` can be, a `LastEvaluatedKey` of 2 KB in escapes included. */
const MARGIN = 16 * 1024;

/**
 * Cuts the items out of a Query response without reading them.
 *
 * A cut is only made if what stands before the array completes to a JSON object, and so does what comes after it. Within
 * an item neither could, for want of a brace, nor within a string of one, for want of a quote. Between two arrays with
 * white space around them both could; DynamoDB writes none, and such a cut is no JSON, which fails the read.
 * Undefined if no cut was found.
 */
export const splitResponse = (body: Buffer): SplitResponse | undefined => {
  const start = findStart(body);
  if (start === undefined) return undefined;
  const end = findEnd(body, start);
  if (end === undefined) return undefined;
  return {
    items: body.subarray(start, end),
    // With the array's brackets.
    envelope: Buffer.concat([body.subarray(0, start + 1), body.subarray(end - 1)]),
  };
};

const findStart = (body: Buffer): number | undefined => {
  const head = body.toString('latin1', 0, MARGIN);
  const opening = OPENING.exec(head);
  if (opening === null || parseObject(`${head.slice(0, opening.index + 1)}"":0}`) === undefined) {
    return undefined;
  }
  return opening.index + opening[0].length - 1;
};

/** The first of all proven ends, should another member hold an array as well. */
const findEnd = (body: Buffer, start: number): number | undefined => {
  const offset = Math.max(start, body.length - MARGIN);
  const tail = body.toString('latin1', offset);
  let closing = -1;
  while ((closing = tail.indexOf(BEFORE_NEXT_MEMBER, closing + 1)) !== -1) {
    const rest = parseObject(`{"":0${tail.slice(closing + 1)}`);
    // Of two members with one name the later counts.
    if (rest !== undefined) return Object.hasOwn(rest, 'Items') ? undefined : offset + closing + 1;
  }
  return tail.endsWith(BEFORE_END) ? body.length - 1 : undefined;
};

const parseObject = (text: string): object | undefined => {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
};
