import { ENDINGS, PROTOCOL } from '../protocol/protocol.js';
import type { Transport } from './transport.js';

/** A WebSocket of a browser's, or of Node's since version 22. */
interface WebSocketLike {
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  send(text: string): void;
  close(): void;
}

type WebSocketConstructor = new (url: string, protocol: string) => WebSocketLike;

const constructorOf = (): WebSocketConstructor | undefined =>
  (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;

export const hasWebSocket = (): boolean => constructorOf() !== undefined;

export const webSocketTransport: Transport = ({ url, filters, after }, events) => {
  const WebSocket = constructorOf() as WebSocketConstructor;
  const socket = new WebSocket(url.replace(/^http/, 'ws'), PROTOCOL);
  let isClosed = false;
  socket.addEventListener('open', () => socket.send(JSON.stringify({ type: 'subscribe', filters, after })));
  socket.addEventListener('message', ({ data }) => isClosed || events.message(data as string));
  // `close` follows.
  socket.addEventListener('error', () => {});
  socket.addEventListener(
    'close',
    ({ code, reason }) => isClosed || events.closed({ reason: reason || reasonOf(code) }),
  );
  return {
    close: () => {
      isClosed = true;
      socket.close();
    },
    ping: () => socket.send('{"type":"ping"}'),
  };
};

const reasonOf = (code: number): string | undefined =>
  Object.entries(ENDINGS).find(([, ending]) => ending.code === code)?.[0];
