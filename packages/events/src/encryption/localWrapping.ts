import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { types } from 'node:util';

import { InvalidArgumentError, refuse } from '@castore-dynamodb/commons';

import { SubjectKeyError } from './encryptionErrors.js';
import { decrypt, encrypt, KEY_SIZE } from './gcm.js';
import type { KeyWrapping } from './keyWrapping.js';

/**
 * Wraps data keys under a secret of 32 random bytes that you keep, with AES-256-GCM. For tests, and where there is no KMS:
 * whoever has the secret and the table has all keys, and it is yours to keep the secret out of code, logs and images.
 *
 * No request, no cost.
 *
 * @example
 * localWrapping(Buffer.from(process.env.EVENTS_SECRET ?? '', 'base64'))
 *
 * @throws InvalidArgumentError
 */
export const localWrapping = (secret: Uint8Array): KeyWrapping => {
  if (!types.isUint8Array(secret)) {
    // Without the value: a text here may well be the secret.
    if (typeof secret === 'string') throw new InvalidArgumentError('secret', 'expected a Uint8Array, got a string.');
    return refuse('secret', 'a Uint8Array', secret);
  }
  if (secret.byteLength !== KEY_SIZE) {
    throw new InvalidArgumentError('secret', `expected ${KEY_SIZE} bytes, got ${secret.byteLength}.`);
  }
  if (secret.every(byte => byte === 0)) {
    throw new InvalidArgumentError('secret', 'every byte of it is 0. Make one with randomBytes(32) of node:crypto.');
  }
  const wrappingKey = createSecretKey(secret);
  const bindingOf = (keyId: string): Uint8Array => Buffer.from(JSON.stringify(['castore-dynamodb/subject-key', keyId]));

  const wrapping: KeyWrapping = {
    // Says which secret it was, and nothing of the secret.
    name: `local:${createHmac('sha256', wrappingKey).update('castore-dynamodb/wrapping').digest('hex').slice(0, 16)}`,
    generate: async keyId => {
      const key = createSecretKey(randomBytes(KEY_SIZE));
      return { key, wrappedKey: await wrapping.wrap(keyId, key) };
    },
    wrap: async (keyId, key) => new Uint8Array(encrypt(wrappingKey, key.export(), bindingOf(keyId))),
    unwrap: async (keyId, wrappedKey) => {
      const bytes = decrypt(wrappingKey, wrappedKey, bindingOf(keyId));
      if (bytes?.byteLength !== KEY_SIZE) throw new SubjectKeyError('altered', keyId);
      return createSecretKey(bytes);
    },
  };
  return wrapping;
};
