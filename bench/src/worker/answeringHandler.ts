import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** As HTTP bodies come: in pieces of 64 KB at most. */
const CHUNK_SIZE = 64 * 1024;

const streamOf = (body: Buffer): Readable => {
  const chunks: Buffer[] = [];
  for (let start = 0; start < body.length; start += CHUNK_SIZE) chunks.push(body.subarray(start, start + CHUNK_SIZE));
  return Readable.from(chunks, { objectMode: false });
};

/** The request's body is text or, in newer versions of the SDK, bytes. */
const textOf = (body: unknown): string =>
  body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() : String(body);

const START_KEY = /"ExclusiveStartKey":\{.*?"version":\{"N":"(\d+)"/;

/**
 * A request handler for a client of the SDK that answers every Query with a prepared response, and every other request
 * with `{}`: what is then measured is the SDK and the library, and no network.
 */
export const answeringHandler = (responses: ReadonlyMap<number, Buffer>, latencyMs: number) => {
  const empty = Buffer.from('{}');
  const bodyFor = ({ headers, body }: { headers: Record<string, string>; body: unknown }): Buffer => {
    if (!headers['x-amz-target']?.endsWith('.Query')) return empty;
    // Where there is one page, the request is not looked at.
    const after = responses.size === 1 ? undefined : START_KEY.exec(textOf(body))?.[1];
    return responses.get(Number(after ?? 0)) ?? empty;
  };
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request: { headers: Record<string, string>; body: unknown }) => {
      const body = bodyFor(request);
      if (latencyMs > 0) await sleep(latencyMs);
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'BENCH' };
      return { response: { statusCode: 200, headers, body: streamOf(body) } };
    },
    destroy: () => {},
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  };
};
