import type { KeyObject } from 'node:crypto';

/** A subject's data key, and what ciphertexts call it: a hash of the subject's id, in base64url. */
export interface SubjectKey {
  readonly keyId: string;
  readonly key: KeyObject;
}

/** What `encryption` needs of keys: `DynamoDbSubjectKeys`, or keys of your own. */
export interface SubjectKeys {
  /** To encrypt with; made if the subject has none yet. Undefined if the subject was forgotten. */
  keyFor(subjectId: string): Promise<SubjectKey | undefined>;
  /**
   * To decrypt with. Undefined if the subject was forgotten, and for no other reason.
   *
   * @throws if there is no such key
   */
  keyOf(keyId: string): Promise<KeyObject | undefined>;
}
