import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Gets the requests to a path. */
export interface RequestHandlers {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  eventStream(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void;
}

/** An HTTP or HTTPS server of Node, as far as it is needed here. */
export type HttpServer = Pick<Server, 'on' | 'emit' | 'listenerCount'>;

/**
 * Takes the requests to a path out of an HTTP server: WebSocket upgrades, and those that accept `text/event-stream`. All
 * others go to the server's own listeners, whenever these are added: that is why `emit` is wrapped and no listener is
 * added, which they would answer beside.
 */
export const attachTo = (server: HttpServer, path: string, handlers: RequestHandlers): void => {
  const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
  const take = (event: string, [message, ...args]: unknown[]): boolean => {
    const request = message as IncomingMessage;
    const { url = '' } = request;
    const [pathname] = url.split('?', 1);
    if (pathname !== path) return false;
    if (event === 'upgrade') {
      if (request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
      handlers.upgrade(request, args[0] as Duplex, args[1] as Buffer);
      return true;
    }
    if (!isForEvents(request)) return false;
    handlers.eventStream(request, args[0] as ServerResponse, new URLSearchParams(url.slice(path.length)));
    return true;
  };
  // Node asks for a listener before it hands out an upgrade.
  server.on('upgrade', (_, socket: Duplex) => {
    if (server.listenerCount('upgrade') === 1) refuseUpgrade(socket, 404);
  });
  (server as { emit: typeof emit }).emit = (event, ...args) =>
    ((event === 'request' || event === 'upgrade') && take(event, args)) || emit(event, ...args);
};

const isForEvents = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && /\btext\/event-stream\b/i.test(headers.accept ?? '');

const REASONS: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
};

export const refuseUpgrade = (socket: Duplex, status: number): void => {
  const retry = status === 503 ? 'Retry-After: 1\r\n' : '';
  socket.end(`HTTP/1.1 ${status} ${REASONS[status]}\r\nConnection: close\r\nContent-Length: 0\r\n${retry}\r\n`);
};
