import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { hasCode, withDeadline } from '@castore-dynamodb/commons';

import { ReadBudget } from '../../connection/readBudget.js';
import { CommandFailedError } from '../../errors.js';
import type { Answer } from '../api.js';
import type { Explorer } from '../explorer.js';
import { interruptible } from '../interruptible.js';
import { problemOf } from '../problem.js';
import { assetAt } from './assets.js';
import { admit, cookieName } from './gate.js';
import { SECURITY_HEADERS } from './headers.js';
import { liveFilterIn, ROUTES } from './routes.js';

export interface RunningServer {
  /** With the token: whoever has it may read. */
  readonly url: string;
  readonly httpServer: Server;
  close(): Promise<void>;
}

const HEADER_LINES = Object.entries(SECURITY_HEADERS)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');

/** The adapter's listings have no deadline of their own. */
const DEADLINE_MS = 120_000;

/** Serves the explorer on this machine alone. */
export const startServer = async (explorer: Explorer, port: number): Promise<RunningServer> => {
  const token = randomBytes(24).toString('base64url');
  const httpServer = createServer((request, response) => {
    const { port: actual } = httpServer.address() as AddressInfo;
    answer(request, response, explorer, { port: actual, token }).catch(() => response.destroy());
  });
  // What Node itself refuses.
  httpServer.on('clientError', (_, socket) => {
    if (socket.writable) socket.end(`HTTP/1.1 400 Bad Request\r\n${HEADER_LINES}connection: close\r\n\r\n`);
    else socket.destroy();
  });
  httpServer.listen(port, '127.0.0.1');
  await once(httpServer, 'listening').catch((cause: unknown) => {
    if (!hasCode(cause, 'EADDRINUSE') && !hasCode(cause, 'EACCES')) throw cause;
    throw new CommandFailedError(
      `Port ${port} of 127.0.0.1 ${hasCode(cause, 'EACCES') ? 'is not permitted (EACCES)' : 'is in use (EADDRINUSE)'}. Choose another with --port, or leave it out for a free one.`,
      { cause },
    );
  });
  const { port: actual } = httpServer.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}/?token=${token}`,
    httpServer,
    close: async () => {
      explorer.live.close();
      const closed = once(httpServer, 'close');
      httpServer.close();
      httpServer.closeAllConnections();
      await closed;
    },
  };
};

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  explorer: Explorer,
  gate: { port: number; token: string },
): Promise<void> => {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  const path = `/${(request.url ?? '').replace(/^\/+/, '')}`;
  if (!URL.canParse(path, 'http://127.0.0.1')) return end(response, 400, 'This is not a URL.');
  const url = new URL(path, 'http://127.0.0.1');
  const admission = admit({ method: request.method, headers: request.headers, url }, gate);
  if (admission.kind === 'refused') return end(response, admission.status, admission.reason);
  if (admission.kind === 'enter') {
    url.searchParams.delete('token');
    response.setHeader('set-cookie', `${cookieName(gate.port)}=${gate.token}; Path=/; HttpOnly; SameSite=Strict`);
    // A path that begins with two slashes would be another host's.
    response.writeHead(303, { location: `/${url.pathname.replace(/^\/+/, '')}${url.search}` }).end();
    return;
  }
  if (url.pathname === '/api/live') return explorer.live.open(response, liveFilterIn(url.searchParams));
  if (url.pathname.startsWith('/api/')) return answerView(response, explorer, url);
  const asset = await assetAt(url.pathname.includes('.') ? url.pathname : '/page.html');
  if (asset === undefined) return end(response, 404, 'There is nothing here.');
  response.setHeader('content-type', asset.type);
  response.end(asset.content);
};

const end = (response: ServerResponse, status: number, reason: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${reason}\n`);
};

/** What goes wrong in a view is the view's content: the page shows it where it happened. */
const answerView = async (response: ServerResponse, explorer: Explorer, url: URL): Promise<void> => {
  const route = Object.hasOwn(ROUTES, url.pathname) ? ROUTES[url.pathname] : undefined;
  if (route === undefined) return end(response, 404, 'There is no such view.');
  const { session, maxReadUnits } = explorer.options;
  const budget = new ReadBudget(maxReadUnits);
  const outcome = await session
    .runPart(budget, () =>
      withDeadline({ operation: 'What this view asks for', milliseconds: DEADLINE_MS }, () =>
        interruptible(() => route(explorer, url.searchParams)),
      ),
    )
    .then(
      data => ({ data }),
      (error: unknown) => ({ problem: problemOf(error) }),
    );
  const cost = { requests: budget.requests, readUnits: budget.readUnits };
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify({ ...outcome, cost } satisfies Answer<unknown>));
};
