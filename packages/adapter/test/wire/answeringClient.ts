import { Readable } from 'node:stream';

import type * as Sdk from '@aws-sdk/client-dynamodb';

export interface Answer {
  statusCode?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface SentRequest {
  headers: Record<string, string>;
  body: string;
}

/** The request's body is text or, in newer versions of the SDK, bytes. */
const textOf = (body: unknown): string =>
  body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() : String(body);

export const streamOf = (body: string | Uint8Array): Readable => Readable.from([Buffer.from(body)]);

/**
 * A client of any version of the SDK whose HTTP requests are answered by a function. For the shape of requests and
 * responses: what DynamoDB does is tested on a real engine.
 */
export const answeringClient = (
  sdk: Pick<typeof Sdk, 'DynamoDBClient'>,
  answer: (request: SentRequest, index: number) => Answer | Promise<Answer>,
  config: Partial<Sdk.DynamoDBClientConfig> = {},
): { client: Sdk.DynamoDBClient; requests: SentRequest[] } => {
  const requests: SentRequest[] = [];
  const handle = async (request: { headers: Record<string, string>; body: unknown }) => {
    const sent = { headers: request.headers, body: textOf(request.body) };
    requests.push(sent);
    const { statusCode = 200, headers = {}, body = streamOf('{}') } = await answer(sent, requests.length - 1);
    return { response: { statusCode, headers: { 'x-amzn-requestid': 'REQUEST-1', ...headers }, body } };
  };
  const client = new sdk.DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: { handle } as never,
    ...config,
  });
  return { client, requests };
};
