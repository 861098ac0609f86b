import { randomBytes } from 'node:crypto';

import type { Outgoing } from '../feed/formats.js';

/**
 * A message has more than one frame from here on, which API Gateway's management API cannot make: it closes the connection
 * with code 1009. So nothing longer is sent. It also bills each 32 KB as a message.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const MAX_MESSAGE_BYTES = 32 * 1024;

/** For what stands around the events, or around a part. */
const ROOM = 200;

/** `missed`: events from before `subscribed`. `events`: those that are shown as they happen. */
export type EventsType = 'missed' | 'events';

/** As few messages as have room for the events. One that is too long for a message comes in parts. */
export const eventMessages = (type: EventsType, events: readonly Outgoing[]): string[] => {
  const messages: string[] = [];
  let items: string[] = [];
  let size = 0;
  const flush = (): void => {
    if (items.length > 0) messages.push(...inMessages(`{"type":"${type}","events":[${items.join()}]}`));
    items = [];
    size = 0;
  };
  for (const { json, position } of events) {
    const item = `{${json},"position":"${position}"}`;
    const itemSize = Buffer.byteLength(item) + 1;
    if (size + itemSize > MAX_MESSAGE_BYTES - ROOM) flush();
    items.push(item);
    size += itemSize;
  }
  flush();
  return messages;
};

const inMessages = (text: string): string[] => {
  if (Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return [text];
  const id = randomBytes(6).toString('base64url');
  const parts = cut(text);
  return parts.map(
    (part, index) => `{"type":"part","id":"${id}","index":${index},"count":${parts.length},"text":${part}}`,
  );
};

/** Pieces of a text, as JSON strings that fit. A pair of surrogates may be cut apart: JSON writes the halves as escapes. */
const cut = (text: string): string[] => {
  const pieces: string[] = [];
  for (let start = 0, length = MAX_MESSAGE_BYTES; start < text.length; ) {
    const piece = JSON.stringify(text.slice(start, start + length));
    if (Buffer.byteLength(piece) > MAX_MESSAGE_BYTES - ROOM) length = Math.floor(length * 0.75);
    else {
      pieces.push(piece);
      start += length;
    }
  }
  return pieces;
};
