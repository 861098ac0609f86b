import type { EventDetail } from '@castore/core';

import { fromEventItem, type Item } from '../../src/codec/eventItem.js';
import { tablePerStoreLayout } from '../../src/layout.js';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

const decodeBase64 = (text: string): Uint8Array => {
  if (text.length % 4 !== 0 || !BASE64.test(text)) throw new TypeError('no base64');
  return Uint8Array.from(Buffer.from(text, 'base64'));
};

const reviveBytes = (wireValue: Record<string, unknown>): object => {
  const { B, BS, L, M } = wireValue as { B?: string; BS?: string[]; L?: object[]; M?: object };
  if (B !== undefined) return { B: decodeBase64(B) };
  if (BS !== undefined) return { BS: BS.map(decodeBase64) };
  if (L !== undefined) return { L: L.map(element => reviveBytes(element as Record<string, unknown>)) };
  return M === undefined ? wireValue : { M: reviveItem(M) };
};

const reviveItem = (wireItem: object): object =>
  Object.fromEntries(Object.entries(wireItem).map(([key, value]) => [key, reviveBytes(value)]));

const READ = new Set(['aggregateId', 'version', 'type', 'timestamp', 'payload', 'metadata']);

/** An item without what nobody asks for, such as bytes that somebody else added: that is not looked at. */
export const readMembers = <MEMBER>(item: Record<string, MEMBER>): Record<string, MEMBER> =>
  Object.fromEntries(Object.entries(item).filter(([name]) => READ.has(name)));

/** The plain way from a response's items to events, slow and obvious: what every fast way is held against. */
export const plainEvents = (itemsJson: Buffer): EventDetail[] =>
  (JSON.parse(itemsJson.toString()) as Record<string, object>[]).map(item =>
    fromEventItem(tablePerStoreLayout, 'POKEMONS', reviveItem(readMembers(item)) as Item),
  );
