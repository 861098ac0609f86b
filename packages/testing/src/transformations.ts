import { setTimeout as sleep } from 'node:timers/promises';

import {
  defineTransformation,
  type EventContent,
  type EventEncoding,
  type EventEvolution,
  fromStoredValue,
  packStoredValue,
  toStoredValue,
  unpackStoredValue,
} from '@castore-dynamodb/adapter';

/**
 * Stores payload and metadata as bytes that nobody else can read, whatever they hold. Two with different keys undo each
 * other in one order only.
 */
export const sealed = (name: string, { key = 0x5a, isLater = false } = {}): EventEncoding => {
  const bytesOf = (content: EventContent): Uint8Array =>
    packStoredValue(toStoredValue({ name, content }, 'sealed')).map(byte => byte ^ key);
  const contentOf = (bytes: Uint8Array): EventContent => {
    const opened = fromStoredValue(unpackStoredValue(bytes.map(byte => byte ^ key)), 'sealed');
    const { name: by, content } = opened as { name: string; content: EventContent };
    if (by !== name) throw new Error(`Sealed by ${by}, opened by ${name}.`);
    return content;
  };
  return defineTransformation({
    name,
    encode: ({ payload, metadata }) => ({ payload: new Uint8Array(bytesOf({ payload, metadata })) }),
    decode: ({ payload }) => {
      const content = contentOf(payload as Uint8Array);
      return isLater ? sleep(1).then(() => content) : content;
    },
  });
};

/** Of events with a `level`: it was called `lvl` before, and their type LEVELED. What is pushed gets a `source`. */
export const levels = ({ isLater = false } = {}): EventEvolution =>
  defineTransformation({
    name: 'evolution',
    schemaVersionOf: type => (type === 'POKEMON_LEVELED' ? 2 : 1),
    parse: ({ payload, metadata }) => ({
      payload:
        typeof payload === 'object' && payload !== null && 'level' in payload
          ? { source: 'game', ...payload }
          : payload,
      metadata,
    }),
    upcast: ({ type, payload, metadata }, { schemaVersion }) => {
      if (type !== 'LEVELED' && (type !== 'POKEMON_LEVELED' || schemaVersion > 1)) return { type, payload, metadata };
      const { lvl, ...rest } = payload as { lvl: number };
      return { type: 'POKEMON_LEVELED', payload: { ...rest, level: lvl }, metadata };
    },
    ...(isLater && { validate: async ({ payload, metadata }) => ({ payload, metadata }) }),
    fingerprint: () => 'levels',
  });
