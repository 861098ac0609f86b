import type { ConnectionEnd } from '../protocol/protocol.js';

/** An event as it goes out: its JSON, and where a subscriber is who has got it. */
export interface Outgoing {
  readonly json: string;
  readonly position: string;
}

/** How the protocol's messages are written. */
export interface Format {
  readonly name: string;
  subscribed(position: string): Buffer;
  events(events: readonly Outgoing[]): Buffer;
  position(position: string): Buffer;
}

export const WEB_SOCKET: Format = {
  name: 'WebSocket',
  subscribed: position => Buffer.from(JSON.stringify({ type: 'subscribed', position })),
  events: events => {
    const items = events.map(({ json, position }) => `{${json},"position":"${position}"}`);
    return Buffer.from(`{"type":"events","events":[${items.join()}]}`);
  },
  position: position => Buffer.from(JSON.stringify({ type: 'position', position })),
};

/** How long a browser waits before it connects again, in milliseconds. */
const RETRY_MS = 1_000;

export const SERVER_SENT_EVENTS: Format = {
  name: 'server-sent events',
  subscribed: position => Buffer.from(`retry: ${RETRY_MS}\nevent: subscribed\nid: ${position}\ndata: {}\n\n`),
  events: events => Buffer.from(events.map(({ json, position }) => `id: ${position}\ndata: {${json}}\n\n`).join('')),
  position: position => Buffer.from(`event: position\nid: ${position}\ndata: {}\n\n`),
};

/** The last of server-sent events. */
export const endEvent = (end: ConnectionEnd): string => `event: end\ndata: ${JSON.stringify(end)}\n\n`;
