/** A Query response, cut into its items and all the rest. */
export interface SplitResponse {
  /** The JSON array of items, brackets included. */
  items: Buffer;
  /** The response with an empty array of items: a few hundred bytes that are cheap to deserialise. */
  envelope: Buffer;
}

const OPENING = '"Items":[';
/** Longer than any member beside `Items` can be, a `LastEvaluatedKey` of 2 KB in escapes included. */
const MARGIN = 16 * 1024;

/**
 * Cuts the items out of a Query response without reading them.
 *
 * A cut is only made where it is proven: what stands before `"Items":[` completes to a JSON object, and so does what
 * stands behind the closing bracket. Within an item, or a string of one, neither could. Undefined where no cut was found.
 */
export const splitResponse = (body: Buffer): SplitResponse | undefined => {
  const start = findStart(body);
  if (start === undefined) return undefined;
  const end = findEnd(body, start);
  if (end === undefined) return undefined;
  return {
    items: body.subarray(start, end),
    envelope: Buffer.concat([body.subarray(0, start), Buffer.from('[]'), body.subarray(end)]),
  };
};

const findStart = (body: Buffer): number | undefined => {
  const head = body.toString('latin1', 0, MARGIN);
  const opening = head.indexOf(OPENING);
  if (opening === -1 || !isJsonObject(`${head.slice(0, opening)}"":0}`)) return undefined;
  return opening + OPENING.length - 1;
};

const findEnd = (body: Buffer, start: number): number | undefined => {
  const offset = Math.max(start, body.length - MARGIN);
  const tail = body.toString('latin1', offset);
  for (let closing = tail.lastIndexOf(']'); closing !== -1; closing = tail.lastIndexOf(']', closing - 1)) {
    if (isJsonObject(`{"":0${tail.slice(closing + 1)}`)) return offset + closing + 1;
    if (closing === 0) break;
  }
  return undefined;
};

const isJsonObject = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
