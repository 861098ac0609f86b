import { isObject } from '@castore-dynamodb/commons';

import { MAX_MESSAGE_SIZE } from '../protocol/protocol.js';
import type { GatewayEvent } from './gatewayEvent.js';

/** What a client sends. */
export type GatewayMessage =
  | { readonly type: 'subscribe'; readonly filters: unknown; readonly after: unknown }
  | { readonly type: 'ping' };

/** Undefined for what is none. */
export const parseGatewayMessage = ({ body, isBase64Encoded }: GatewayEvent): GatewayMessage | undefined => {
  const isText = typeof body === 'string' && isBase64Encoded !== true && body.length <= MAX_MESSAGE_SIZE;
  if (!isText) return undefined;
  try {
    const message: unknown = JSON.parse(body);
    if (!isObject(message)) return undefined;
    const { type, filters, after } = message;
    if (type === 'ping') return { type };
    return type === 'subscribe' ? { type, filters: filters ?? [{}], after } : undefined;
  } catch {
    return undefined;
  }
};
