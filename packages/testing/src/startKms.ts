import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KmsRequest {
  /** `GenerateDataKey`, `Decrypt`… */
  operation: string;
  KeyId?: string;
  EncryptionContext?: Record<string, string>;
  Plaintext?: string;
  CiphertextBlob?: string;
}

export interface Kms {
  /** What a `KMSClient` is made with. */
  readonly clientConfig: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
  };
  readonly requests: KmsRequest[];
  /** Answers every request with this error from now on; undefined: with none. */
  refusal: string | undefined;
  stop(): void;
}

/**
 * Stands for AWS KMS with its symmetric keys: as many as are asked for, each by one name. Ciphertexts are bound to their key
 * and their encryption context, as KMS's are.
 */
export const startKms = async (): Promise<Kms> => {
  const keys = new Map<string, Buffer>();
  const keyOf = (name: string): Buffer => {
    if (!keys.has(name)) keys.set(name, randomBytes(32));
    return keys.get(name) as Buffer;
  };
  const boundOf = ({ EncryptionContext = {} }: KmsRequest): Buffer =>
    Buffer.from(
      JSON.stringify(
        EncryptionContext,
        Object.keys(EncryptionContext).toSorted((a, b) => (a < b ? -1 : 1)),
      ),
    );
  const encrypt = (request: KmsRequest, plaintext: Buffer): string => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', keyOf(request.KeyId ?? ''), nonce).setAAD(boundOf(request));
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const blob = [request.KeyId, ...[nonce, ciphertext, cipher.getAuthTag()].map(bytes => bytes.toString('base64'))];
    return Buffer.from(JSON.stringify(blob)).toString('base64');
  };
  const decrypt = (request: KmsRequest): Buffer => {
    const blob = JSON.parse(Buffer.from(request.CiphertextBlob ?? '', 'base64').toString()) as string[];
    const [name, ...parts] = blob;
    if (request.KeyId !== undefined && request.KeyId !== name) throw new Error('IncorrectKeyException');
    const [nonce, ciphertext, tag] = parts.map(part => Buffer.from(part, 'base64')) as [Buffer, Buffer, Buffer];
    const decipher = createDecipheriv('aes-256-gcm', keyOf(name ?? ''), nonce);
    decipher.setAAD(boundOf(request)).setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    } catch {
      throw new Error('InvalidCiphertextException');
    }
  };
  const answer = (request: KmsRequest): object => {
    if (kms.refusal !== undefined) throw new Error(kms.refusal);
    const { KeyId } = request;
    switch (request.operation) {
      case 'GenerateDataKey': {
        const plaintext = randomBytes(32);
        return { KeyId, Plaintext: plaintext.toString('base64'), CiphertextBlob: encrypt(request, plaintext) };
      }
      case 'Encrypt':
        return { KeyId, CiphertextBlob: encrypt(request, Buffer.from(request.Plaintext ?? '', 'base64')) };
      case 'Decrypt':
        return { KeyId, Plaintext: decrypt(request).toString('base64') };
      default:
        throw new Error('UnknownOperationException');
    }
  };

  const server = createServer((message, response) => {
    void read(message).then(body => {
      const operation = String(message.headers['x-amz-target']).replace('TrentService.', '');
      const request: KmsRequest = { ...(JSON.parse(body) as object), operation };
      kms.requests.push(request);
      try {
        const json = JSON.stringify(answer(request));
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(json);
      } catch (error) {
        const json = JSON.stringify({ __type: (error as Error).message, message: 'refused' });
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(json);
      }
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const kms: Kms = {
    clientConfig: {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    },
    requests: [],
    refusal: undefined,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return kms;
};

const read = async (message: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};
