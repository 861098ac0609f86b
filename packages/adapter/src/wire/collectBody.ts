/** The bytes of a response's body, which is a stream in Node, or undefined where it is something unknown. */
export const collectBody = async (body: unknown): Promise<Buffer | undefined> => {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (typeof (body as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator] !== 'function') {
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  // Text comes from streams that somebody made for a test, or gave an encoding.
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) {
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  }
  return Buffer.concat(chunks);
};
