import { createSecretKey, type KeyObject } from 'node:crypto';

import {
  checkClient,
  checkOptions,
  checkString,
  IncompleteAnswerError,
  isNamed,
  type OptionNames,
  request,
} from '@castore-dynamodb/commons';
import { SUBJECT_KEY_CONTEXT } from '@castore-dynamodb/table';

import { SubjectKeyError } from './encryptionErrors.js';
import { KEY_SIZE } from './gcm.js';
import type { KeyWrapping } from './keyWrapping.js';

/** A `KMSClient` of `@aws-sdk/client-kms`, described by its shape, so that only those who use KMS need that package. */
export interface KmsClientLike {
  send(command: never): Promise<unknown>;
}

export interface KmsWrappingOptions {
  kmsClient: KmsClientLike;
  /** A symmetric encryption key: its id or ARN, or an alias (`alias/…`) or its ARN. */
  keyId: string;
}

const OPTIONS = { kmsClient: true, keyId: true } satisfies OptionNames<KmsWrappingOptions>;

/** How long KMS may take to answer, over all of the SDK's own attempts. */
const DEADLINE_MS = 10_000;

/**
 * Wraps data keys under a key of AWS KMS, which never leaves KMS. A new subject costs a request to KMS (GenerateDataKey), and
 * so does a key that is not in the cache (Decrypt). The encryption context binds each data key to its subject; it holds a
 * hash of the subject's id, since CloudTrail shows it.
 *
 * Sources: https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const wrapping = kmsWrapping({ kmsClient: new KMSClient({}), keyId: 'alias/events' });
 */
export const kmsWrapping = (options: KmsWrappingOptions): KeyWrapping => {
  checkOptions(options, 'options', OPTIONS);
  const { kmsClient, keyId: KeyId } = options;
  checkClient(kmsClient, 'options.kmsClient');
  checkString(KeyId, 'options.keyId');

  const send = kmsClient.send.bind(kmsClient) as import('@aws-sdk/client-kms').KMSClient['send'];
  const inputFor = (keyId: string) => ({ KeyId, EncryptionContext: { [SUBJECT_KEY_CONTEXT]: keyId } });

  return {
    name: 'kms',
    generate: async keyId => {
      const { GenerateDataKeyCommand } = await commands();
      const command = new GenerateDataKeyCommand({ ...inputFor(keyId), KeySpec: 'AES_256' });
      const { Plaintext, CiphertextBlob } = await request(
        { operation: 'GenerateDataKey', requires: 'CiphertextBlob', deadlineMs: DEADLINE_MS },
        abortSignal => send(command, { abortSignal }),
      );
      return { key: toKey(Plaintext, 'GenerateDataKey'), wrappedKey: new Uint8Array(CiphertextBlob as Uint8Array) };
    },
    wrap: async (keyId, key) => {
      const { EncryptCommand } = await commands();
      const command = new EncryptCommand({ ...inputFor(keyId), Plaintext: key.export() });
      const { CiphertextBlob } = await request(
        { operation: 'Encrypt', requires: 'CiphertextBlob', deadlineMs: DEADLINE_MS },
        abortSignal => send(command, { abortSignal }),
      );
      return new Uint8Array(CiphertextBlob as Uint8Array);
    },
    unwrap: async (keyId, wrappedKey) => {
      const { DecryptCommand } = await commands();
      const command = new DecryptCommand({ ...inputFor(keyId), CiphertextBlob: wrappedKey });
      try {
        const { Plaintext } = await request(
          { operation: 'Decrypt', requires: 'Plaintext', deadlineMs: DEADLINE_MS },
          abortSignal => send(command, { abortSignal }),
        );
        return toKey(Plaintext, 'Decrypt');
      } catch (error) {
        if (isNamed(error, 'IncorrectKeyException')) return undefined;
        if (isNamed(error, 'InvalidCiphertextException')) throw new SubjectKeyError('altered', keyId, { cause: error });
        throw error;
      }
    },
  };
};

/** The bytes are erased: from here on, the key is where no log and no dump of an object shows it. */
const toKey = (plaintext: Uint8Array | undefined, operation: string): KeyObject => {
  if (plaintext?.byteLength !== KEY_SIZE) throw new IncompleteAnswerError(operation, 'Plaintext of 32 bytes');
  const key = createSecretKey(plaintext);
  plaintext.fill(0);
  return key;
};

/** In a `try`, so that bundlers do not insist on the package either. */
const commands = async (): Promise<typeof import('@aws-sdk/client-kms')> => {
  try {
    return await import('@aws-sdk/client-kms');
  } catch (cause) {
    throw new Error('kmsWrapping needs the package @aws-sdk/client-kms, which cannot be loaded: install it.', {
      cause,
    });
  }
};
