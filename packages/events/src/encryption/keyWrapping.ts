import type { KeyObject } from 'node:crypto';

/** Keeps data keys so that they can be stored: encrypted under a key that is not in the table. */
export interface KeyWrapping {
  /** Stored with each key that it wrapped, so that a reader knows which wrapping to ask. */
  readonly name: string;
  /** A new data key of 256 bits. `keyId` is bound to it: it can be unwrapped for no other one. */
  generate(keyId: string): Promise<{ readonly key: KeyObject; readonly wrappedKey: Uint8Array }>;
  wrap(keyId: string, key: KeyObject): Promise<Uint8Array>;
  /**
   * Undefined if it was wrapped under another key than this wrapping's.
   *
   * @throws SubjectKeyError if it was altered, or belongs to another key id
   */
  unwrap(keyId: string, wrappedKey: Uint8Array): Promise<KeyObject | undefined>;
}
