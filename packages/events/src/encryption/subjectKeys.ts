import type { KeyObject } from 'node:crypto';

/**
 * A subject's data key, and what ciphertexts call it: a hash of the subject's id, in base64url.
 *
 * @example
 * const { keyId, key }: SubjectKey = { keyId: 'customer-1', key: createSecretKey(randomBytes(32)) };
 */
export interface SubjectKey {
  readonly keyId: string;
  readonly key: KeyObject;
}

/**
 * What `encryption` needs of keys: `DynamoDbSubjectKeys`, or keys of your own.
 *
 * @example
 * // For a test: with the process, the keys are gone, and what was encrypted with them.
 * const keys = new Map<string, KeyObject>();
 * const subjectKeys: SubjectKeys = {
 *   keyFor: async subjectId => {
 *     const key = keys.get(subjectId) ?? createSecretKey(randomBytes(32));
 *     keys.set(subjectId, key);
 *     return { keyId: subjectId, key };
 *   },
 *   keyOf: async keyId => keys.get(keyId),
 * };
 * const encrypted = encryption({ keys: subjectKeys, subjectOf: event => event.aggregateId });
 */
export interface SubjectKeys {
  /**
   * To encrypt with; made if the subject has none yet. Undefined if the subject was forgotten.
   *
   * @param beforeMaking Is waited for before a key is made. What it throws is thrown, and none is made.
   */
  keyFor(subjectId: string, beforeMaking?: () => Promise<void>): Promise<SubjectKey | undefined>;
  /**
   * To decrypt with. Undefined if the subject was forgotten, and for no other reason.
   *
   * @throws SubjectKeyError if there is no such key: the event is then unreadable. Other errors pass through.
   */
  keyOf(keyId: string): Promise<KeyObject | undefined>;
}
