import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { fallSilent } from './impatient.js';

/** What can go wrong between a client and DynamoDB. "After" means that DynamoDB has done what was asked. */
export const FAULTS = [
  'reset before',
  'reset after',
  'no answer before',
  'no answer after',
  /** DynamoDB gets the request when the client has given it up, and perhaps sent it again. */
  'late request',
  'server error before',
  'server error after',
  'throttling',
  'throughput exceeded',
  'transaction conflict',
  'slow body',
  /** The connection ends in the middle of the body. */
  'cut body',
  /** The body ends in its middle without a trace in the headers. */
  'short body',
  /** The body stops in its middle, the connection stays open. */
  'stalled body',
] as const;

export type Fault =
  | (typeof FAULTS)[number]
  /** No fault but a right of DynamoDB: an answer without what was written last, if no consistent one was asked for. */
  | 'stale answer'
  /** A 200 without anything, as of something between that answers in DynamoDB's place. Only reads can do something about it. */
  | 'empty answer'
  /** Refusals, which no other attempt changes. */
  | 'access denied'
  | 'expired token';

export interface ProxiedRequest {
  /** `PutItem`, `Query`… */
  operation: string;
  body: { TransactItems?: unknown[] } & Record<string, unknown>;
  /** How many requests came before it. */
  index: number;
}

export interface FaultProxy extends AsyncDisposable {
  /** What clients use as `endpoint`. */
  readonly endpoint: string;
  /** Every request that came, with the fault it met. */
  readonly requests: { operation: string; fault: Fault | undefined }[];
  /** Chooses the faults from now on. */
  choose: (request: ProxiedRequest) => Fault | undefined;
  /** Holds a request back for as long as what it returns is pending, before it meets its fault or DynamoDB. */
  hold: (request: ProxiedRequest) => Promise<void> | undefined;
  /** Resolves once nothing is on its way to DynamoDB any more, late requests included. */
  settled(): Promise<void>;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const DYNAMODB = 'com.amazonaws.dynamodb.v20120810#';

/** An error in DynamoDB's shape. */
const errorAnswer = (status: number, type: string, message: string, more: object = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: Buffer.from(JSON.stringify({ __type: type, message, ...more })),
});

const INTERNAL_ERROR = errorAnswer(500, `${DYNAMODB}InternalServerError`, 'The request could not be processed.');

const EXPIRED = errorAnswer(
  400,
  'com.amazon.coral.service#ExpiredTokenException',
  'The security token included in the request is expired',
);

const denied = ({ operation }: ProxiedRequest): Answer =>
  errorAnswer(
    400,
    'com.amazon.coral.service#AccessDeniedException',
    `User: arn:aws:iam::111122223333:user/night is not authorized to perform: dynamodb:${operation} on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/events because no identity-based policy allows the dynamodb:${operation} action`,
  );

const NOTHING_YET: Answer = {
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: Buffer.from('{"Items":[],"Count":0,"ScannedCount":0}'),
};

const EMPTY: Answer = { ...NOTHING_YET, body: Buffer.from('{}') };

const transactionConflict = ({ body: { TransactItems: items } }: ProxiedRequest): Answer =>
  items === undefined
    ? errorAnswer(400, `${DYNAMODB}TransactionConflictException`, 'Transaction is ongoing for the item.')
    : errorAnswer(400, `${DYNAMODB}TransactionCanceledException`, 'Transaction cancelled.', {
        CancellationReasons: items.map((_, index) =>
          index === items.length - 1 ? { Code: 'TransactionConflict', Message: 'Ongoing.' } : { Code: 'None' },
        ),
      });

const send = (response: ServerResponse, { status, headers, body }: Answer): void => {
  response.writeHead(status, { ...headers, 'content-length': String(body.length) });
  response.end(body);
};

const reset = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy();
};

const readAll = async (message: IncomingMessage): Promise<Buffer> => Buffer.concat(await message.toArray());

const half = (body: Buffer): Buffer => body.subarray(0, Math.max(1, Math.floor(body.length / 2)));

const sendHalf = (response: ServerResponse, { status, headers, body }: Answer): void => {
  response.writeHead(status, { ...headers, 'content-length': String(body.length) });
  response.write(half(body));
};

/** Says nothing more, for as long as the client waits. */
const gone = async (response: ServerResponse): Promise<void> => {
  const closed = response.destroyed ? undefined : once(response, 'close');
  if (response.socket !== null) await fallSilent(response.socket);
  await closed;
};

/** Answers a request with a fault; `forward` asks DynamoDB. */
const HANDLERS: Record<
  Fault,
  (response: ServerResponse, forward: () => Promise<Answer>, request: ProxiedRequest) => Promise<void> | void
> = {
  'reset before': reset,
  'reset after': async (response, forward) => {
    await forward();
    reset(response);
  },
  'no answer before': gone,
  'no answer after': async (response, forward) => {
    await forward();
    await gone(response);
  },
  'late request': async (response, forward) => {
    await gone(response);
    await forward();
  },
  'server error before': response => send(response, INTERNAL_ERROR),
  'server error after': async (response, forward) => {
    await forward();
    send(response, INTERNAL_ERROR);
  },
  throttling: response =>
    send(response, errorAnswer(400, 'com.amazon.coral.availability#ThrottlingException', 'Rate exceeded.')),
  'throughput exceeded': response =>
    send(response, errorAnswer(400, `${DYNAMODB}ProvisionedThroughputExceededException`, 'The level was exceeded.')),
  'transaction conflict': (response, _, request) => send(response, transactionConflict(request)),
  'slow body': async (response, forward) => {
    const { status, headers, body } = await forward();
    response.writeHead(status, { ...headers, 'content-length': String(body.length) });
    const step = Math.ceil(body.length / 5);
    for (let start = 0; start < body.length && !response.destroyed; start += step) {
      response.write(body.subarray(start, start + step));
      await sleep(5);
    }
    response.end();
  },
  'cut body': async (response, forward) => {
    sendHalf(response, await forward());
    await sleep(1);
    reset(response);
  },
  'short body': async (response, forward) => {
    const answer = await forward();
    send(response, { ...answer, body: half(answer.body) });
  },
  'stale answer': async (response, forward, { body }) =>
    send(response, body.ConsistentRead === true ? await forward() : NOTHING_YET),
  'empty answer': response => send(response, EMPTY),
  'access denied': (response, _, request) => send(response, denied(request)),
  'expired token': response => send(response, EXPIRED),
  'stalled body': async (response, forward) => {
    sendHalf(response, await forward());
    await gone(response);
  },
};

/** An HTTP server between clients and a DynamoDB engine that makes things go wrong: none, until `choose` is set. */
export const startFaultProxy = async (targetEndpoint: string): Promise<FaultProxy> => {
  const target = new URL(targetEndpoint);
  const agent = new Agent({ keepAlive: true });
  const underWay = new Set<Promise<unknown>>();

  const forward = async ({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> => {
    const request = httpRequest({ agent, hostname: target.hostname, port: target.port, method, path: url, headers });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { 'transfer-encoding': __, connection: ___, ...kept } = response.headers;
    return { status: response.statusCode ?? 500, headers: kept, body: await readAll(response) };
  };

  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await readAll(message);
    const operation = String(message.headers['x-amz-target']).split('.').at(-1) ?? '';
    const request: ProxiedRequest = { operation, body: JSON.parse(raw.toString()), index: proxy.requests.length };
    const fault = proxy.choose(request);
    proxy.requests.push({ operation, fault });
    await proxy.hold(request);
    const forwardIt = () => forward(message, raw);
    if (fault === undefined) send(response, await forwardIt());
    else await HANDLERS[fault](response, forwardIt, request);
  };

  const server = createServer((message, response) => {
    const answering = answer(message, response)
      // A client that has gone away in the middle of its request; the engine's own failure ends the client's wait.
      .catch(() => response.destroy())
      .finally(() => underWay.delete(answering));
    underWay.add(answering);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const proxy: FaultProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    choose: () => undefined,
    hold: () => undefined,
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await proxy.settled();
      agent.destroy();
    },
  };
  return proxy;
};
