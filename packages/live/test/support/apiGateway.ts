import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { ApiGatewayManagementApi } from '@aws-sdk/client-apigatewaymanagementapi';
import { type WebSocket, WebSocketServer } from 'ws';

import type { FeedHandlers, GatewayEvent } from '../../src/index.js';

/** What goes wrong with a request to the management API; `after` it was carried out. */
export type GatewayFault = 'throttled' | 'server error' | 'reset after' | 'gone' | 'forbidden';

export interface StandIn extends AsyncDisposable {
  /** What clients connect to. */
  readonly url: string;
  /** Of the connections that are open. */
  readonly connectionIds: string[];
  /** Every message that was posted, with the connection and its size in bytes. */
  readonly posts: { readonly connectionId: string; readonly size: number; readonly text: string }[];
  readonly managementApi: ApiGatewayManagementApi;
  /** The functions behind the routes. */
  handlers: Pick<FeedHandlers, 'handler'>;
  /** Chooses what goes wrong from now on. */
  choose: (operation: string, connectionId: string) => GatewayFault | undefined;
  /** Breaks a client's connection, without a word to it or the functions. */
  cut(connectionId: string): void;
}

/** API Gateway closes connections with longer frames: it has no frames for a management API's message but one. */
const MAX_FRAME = 32 * 1024;
const MAX_PAYLOAD = 128 * 1024;

const connectionIn = ({ url = '' }: IncomingMessage): string =>
  decodeURIComponent(/^\/stage\/@connections\/([^/?]+)/.exec(url)?.[1] ?? '');

/** Errors as the SDK knows them. Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
const REFUSALS: Record<string, [status: number, type: string]> = {
  throttled: [429, 'LimitExceededException'],
  'server error': [500, 'InternalServerError'],
  forbidden: [403, 'ForbiddenException'],
  gone: [410, 'GoneException'],
};

interface Client {
  readonly webSocket: WebSocket;
  readonly connectedAt: Date;
}

/**
 * API Gateway with a WebSocket API on a port of this machine: real WebSockets for clients, the management API as the AWS SDK
 * speaks it, and functions for the routes.
 */
export const startStandIn = async (): Promise<StandIn> => {
  const clients = new Map<string, Client>();
  const webSockets = new WebSocketServer({ noServer: true, handleProtocols: protocols => [...protocols][0] ?? false });
  const server = createServer((request, response) => void manage(request, response));
  server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}/stage`;

  const eventOf = (connectionId: string, eventType: string, rest: Partial<GatewayEvent> = {}): GatewayEvent => ({
    requestContext: { connectionId, eventType, domainName: 'api.example.com' },
    isBase64Encoded: false,
    ...rest,
  });

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const connectionId = `${randomBytes(8).toString('base64url')}=`;
    const url = new URL(request.url ?? '', endpoint);
    const event = eventOf(connectionId, 'CONNECT', {
      headers: request.headers as Record<string, string>,
      queryStringParameters: Object.fromEntries(url.searchParams),
    });
    const answer = await standIn.handlers.handler(event).catch(() => ({ statusCode: 500 }));
    if (answer.statusCode !== 200) {
      socket.end(`HTTP/1.1 ${answer.statusCode} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    // Only what the function names is agreed upon.
    const agreed = (answer as { headers?: Record<string, string> }).headers?.['Sec-WebSocket-Protocol'];
    if (agreed === undefined) delete request.headers['sec-websocket-protocol'];
    webSockets.handleUpgrade(request, socket, head, webSocket => open(connectionId, webSocket));
  };

  const open = (connectionId: string, webSocket: WebSocket): void => {
    clients.set(connectionId, { webSocket, connectedAt: new Date() });
    webSocket.on('error', () => {});
    webSocket.on('message', (data, isBinary) => {
      const body = isBinary ? (data as Buffer).toString('base64') : (data as Buffer).toString();
      standIn.handlers.handler(eventOf(connectionId, 'MESSAGE', { body, isBase64Encoded: isBinary })).catch(() => {
        webSocket.send(JSON.stringify({ message: 'Internal server error', connectionId, requestId: 'r' }));
      });
    });
    webSocket.on('close', () => {
      if (clients.get(connectionId) === undefined) return;
      clients.delete(connectionId);
      standIn.handlers.handler(eventOf(connectionId, 'DISCONNECT')).catch(() => {});
    });
  };

  const manage = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const connectionId = connectionIn(request);
    const body = Buffer.concat(await request.toArray().catch(() => []));
    const refuse = (status: number, type: string): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
      response.end(JSON.stringify({ message: type }));
    };
    const fault = standIn.choose(request.method ?? '', connectionId);
    const client = clients.get(connectionId);
    const refusal = REFUSALS[fault ?? (client === undefined ? 'gone' : '')];
    if (refusal !== undefined) return refuse(...refusal);
    if (client === undefined) return refuse(410, 'GoneException');
    if (body.length > MAX_PAYLOAD) return refuse(413, 'PayloadTooLargeException');
    if (request.method === 'POST') post(connectionId, client, body);
    if (request.method === 'DELETE') client.webSocket.close(1001);
    if (fault === 'reset after') request.socket.resetAndDestroy();
    else answer(request, response, client);
  };

  const answer = ({ method }: IncomingMessage, response: ServerResponse, { connectedAt: at }: Client): void => {
    if (method !== 'GET') return void response.writeHead(method === 'DELETE' ? 204 : 200).end();
    const connectedAt = at.toISOString();
    const identity = { sourceIp: '127.0.0.1', userAgent: 'test' };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ connectedAt, lastActiveAt: connectedAt, identity }));
  };

  const post = (connectionId: string, { webSocket }: Client, body: Buffer): void => {
    standIn.posts.push({ connectionId, size: body.length, text: body.toString() });
    if (body.length > MAX_FRAME) webSocket.close(1009);
    else webSocket.send(body.toString());
  };

  const managementApi = new ApiGatewayManagementApi({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const standIn: StandIn = {
    url: `ws://127.0.0.1:${port}/stage`,
    get connectionIds() {
      return [...clients.keys()];
    },
    posts: [],
    managementApi,
    handlers: { handler: async () => ({ statusCode: 500 }) },
    choose: () => undefined,
    cut: connectionId => clients.get(connectionId)?.webSocket.terminate(),
    async [Symbol.asyncDispose]() {
      managementApi.destroy();
      for (const { webSocket } of clients.values()) webSocket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return standIn;
};
