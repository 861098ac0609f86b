import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

import type { ContentProtection } from '@castore-dynamodb/adapter';
import { mapConcurrently } from '@castore-dynamodb/commons';

import { SubjectKeyError, TooManySubjectsError } from './encryptionErrors.js';
import { decrypt, ENCRYPTION_OVERHEAD, encrypt, KEY_SIZE } from './gcm.js';
import type { SubjectKeys } from './subjectKeys.js';

/** Each may cost two requests when what was sealed is opened. */
const MAX_SUBJECTS = 100;

const KEYS_AT_A_TIME = 10;

/**
 * Bytes are encrypted with a key of their own, and that key with the key of each subject in turn: without any one of them,
 * it cannot be had.
 */
export const protectionBy = (keys: SubjectKeys): ContentProtection => {
  const find = (subjects: readonly string[]): Promise<(KeyObject | undefined)[]> =>
    mapConcurrently(subjects, KEYS_AT_A_TIME, subject => keys.keyOf(subject));

  return {
    seal: async (bytes, subjects, place) => {
      if (subjects.length > MAX_SUBJECTS) throw new TooManySubjectsError(subjects.length, MAX_SUBJECTS);
      const bound = bindingOf(subjects, place);
      const contentKey = randomBytes(KEY_SIZE);
      let wrapped: Uint8Array = contentKey;
      for (const [index, key] of (await find(subjects)).entries()) {
        if (key === undefined) throw new SubjectKeyError('forgotten', subjects[index] ?? '');
        wrapped = encrypt(key, wrapped, bound);
      }
      return new Uint8Array(Buffer.concat([wrapped, encrypt(createSecretKey(contentKey), bytes, bound)]));
    },
    open: async (sealed, subjects, place) => {
      const bound = bindingOf(subjects, place);
      const size = KEY_SIZE + subjects.length * ENCRYPTION_OVERHEAD;
      let wrapped: Uint8Array | undefined = sealed.subarray(0, size);
      for (const key of (await find(subjects)).toReversed()) {
        if (key === undefined) return undefined;
        wrapped = wrapped && decrypt(key, wrapped, bound);
      }
      const isKey = wrapped?.byteLength === KEY_SIZE;
      const bytes = isKey ? decrypt(createSecretKey(wrapped as Uint8Array), sealed.subarray(size), bound) : undefined;
      if (bytes === undefined) throw new TypeError('It was encrypted for another place, or was changed since.');
      return new Uint8Array(bytes);
    },
    areReadable: async subjects => (await find(subjects)).every(key => key !== undefined),
  };
};

const bindingOf = (subjects: readonly string[], place: string): Uint8Array =>
  Buffer.from(JSON.stringify(['castore-dynamodb/protected', place, ...subjects]));
