import { ENDINGS, PROTOCOL } from '../protocol/protocol.js';
import type { Transport, TransportEnding } from './transport.js';

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
  const socket = new WebSocket(url.href.replace(/^http/, 'ws'), PROTOCOL);
  const afterMember = after === undefined ? '' : `,"after":${JSON.stringify(after)}`;
  let isOpen = false;
  socket.addEventListener('open', () => {
    isOpen = true;
    socket.send(`{"type":"subscribe","filters":${filters}${afterMember}}`);
  });
  socket.addEventListener('message', ({ data }) => events.message(data as string));
  // After it was open, `close` follows; before, it does in browsers, and not in Node 22.
  socket.addEventListener('error', () => isOpen || events.closed(endingOf(1006, '')));
  socket.addEventListener('close', ({ code, reason }) => events.closed(endingOf(code, reason)));
  return { close: () => socket.close(), ping: () => socket.send('{"type":"ping"}') };
};

/** 1009: the message was too long, which is the client's only one. */
const TOO_LONG = 1009;

const endingOf = (code: number, reason: string): TransportEnding => {
  if (code === TOO_LONG) return { reason: 'InvalidSubscription' };
  const known = Object.entries(ENDINGS).find(([, ending]) => ending.code === code)?.[0];
  // A browser does not say why, nor what the server answered.
  return {
    reason: reason === '' ? known : reason,
    text: `The WebSocket broke, or could not be opened (code ${code}).`,
  };
};
