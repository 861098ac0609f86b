import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

/** AES-256 in Galois/Counter Mode, with a random nonce of 96 bits and a tag of 128. NIST SP 800-38D. */
const ALGORITHM = 'aes-256-gcm';
export const KEY_SIZE = 32;
const NONCE_SIZE = 12;
const TAG_SIZE = 16;

/** By how many bytes what `encrypt` makes is longer than what it was given. */
export const ENCRYPTION_OVERHEAD = NONCE_SIZE + TAG_SIZE;

/** The nonce, the ciphertext and the tag. `bound` is authenticated, and not stored: decrypting needs the same again. */
export const encrypt = (key: KeyObject, plaintext: Uint8Array, bound: Uint8Array): Buffer => {
  const nonce = randomBytes(NONCE_SIZE);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_SIZE });
  cipher.setAAD(bound);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
};

/** Undefined if the bytes were not encrypted with this key for this purpose, or were changed since. */
export const decrypt = (key: KeyObject, bytes: Uint8Array, bound: Uint8Array): Buffer | undefined => {
  if (bytes.byteLength < ENCRYPTION_OVERHEAD) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_SIZE), { authTagLength: TAG_SIZE });
  decipher.setAAD(bound);
  decipher.setAuthTag(bytes.subarray(-TAG_SIZE));
  const plaintext = decipher.update(bytes.subarray(NONCE_SIZE, -TAG_SIZE));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  // In this mode nothing comes at the end.
  return plaintext;
};
