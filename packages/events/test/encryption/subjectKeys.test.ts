import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { KMSClient } from '@aws-sdk/client-kms';
import { describeOnEveryEngine } from '@castore-dynamodb/testing/engines';
import { operations, rejection } from '@castore-dynamodb/testing/eventTables';
import { type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { recordRequests } from '@castore-dynamodb/testing/recordRequests';
import { type Kms, startKms } from '@castore-dynamodb/testing/startKms';

import { type DynamoDbSubjectKeys, kmsWrapping, localWrapping } from '../../src/index.js';
import { holds, keysTable } from './support.js';

let last = 0;
const newSubject = (): string => `customer-${++last}`;

const bytesOf = async (keys: DynamoDbSubjectKeys, subjectId: string): Promise<string | undefined> => {
  const found = await keys.keyFor(subjectId);
  return found?.key.export().toString('hex');
};

describeOnEveryEngine('DynamoDbSubjectKeys', engine => {
  const dynamoDbClient = engine.client();
  const requests = recordRequests(dynamoDbClient);
  const { newKeys, items, put, tableName, wrapping: usual } = keysTable(dynamoDbClient);
  let kms: Kms;
  let kmsClient: KMSClient;
  let proxy: FaultProxy;
  beforeAll(async () => {
    kms = await startKms();
    kmsClient = new KMSClient(kms.clientConfig);
    proxy = await startFaultProxy(engine.endpoint);
  });
  beforeEach(() => {
    kms.refusal = undefined;
    kms.requests.splice(0);
    requests.splice(0);
    proxy.choose = () => undefined;
  });
  afterAll(async () => {
    kmsClient.destroy();
    kms.stop();
    await proxy[Symbol.asyncDispose]();
  });
  const byKms = (keyId = 'alias/events') => kmsWrapping({ kmsClient, keyId });

  it('gives every process the same key for a subject, and another one for another subject', async () => {
    const [one, other] = [newSubject(), newSubject()];
    const [first, again, different] = [
      await bytesOf(newKeys(), one),
      await bytesOf(newKeys(), one),
      await bytesOf(newKeys(), other),
    ];
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(again).toBe(first);
    expect(different).not.toBe(first);
  });

  it('makes one key if many processes want one at the same time', async () => {
    const subject = newSubject();
    const processes = Array.from({ length: 8 }, () => newKeys());
    const keys = await Promise.all(processes.map(each => bytesOf(each, subject)));
    expect(new Set(keys).size).toBe(1);
    await expect(bytesOf(newKeys(), subject)).resolves.toBe(keys[0]);
  });

  it('asks once for a key that is wanted many times at once', async () => {
    const [subject, keys] = [newSubject(), newKeys({ wrapping: byKms() })];
    await Promise.all(Array.from({ length: 20 }, () => keys.keyFor(subject)));
    expect(operations(requests)).toStrictEqual(['Query', 'PutItem']);
    expect(kms.requests.map(({ operation }) => operation)).toStrictEqual(['GenerateDataKey']);
  });

  it('keeps neither key nor subject in the table or in what is printed', async () => {
    const [subject, secret] = ['ada@example.com', randomBytes(32)];
    const keys = newKeys({ wrapping: localWrapping(secret) });
    const found = await keys.keyFor(subject);
    const key = found?.key.export() as Buffer;
    for (const bytes of [key, secret]) expect(holds(await items(), bytes.toString('latin1'))).toBe(false);
    expect(holds(await items(), subject)).toBe(false);
    const printed = inspect([keys, found, localWrapping(secret)], { depth: 9, showHidden: true });
    for (const bytes of [key, secret]) {
      expect(printed).not.toContain(bytes.toString('hex'));
      expect(printed).not.toContain(inspect(bytes).slice(8, 40));
    }
  });

  describe('forget', () => {
    it('takes the key away for good, and leaves a tombstone that keeps its time', async () => {
      const [subject, keys] = [newSubject(), newKeys()];
      const { keyId = '' } = (await keys.keyFor(subject)) ?? {};
      const itemOf = async () => (await items()).find(({ pk }) => pk?.S?.endsWith(keyId));
      await expect(keys.isForgotten(subject)).resolves.toBe(false);

      await keys.forget(subject);

      const tombstone = await itemOf();
      expect(tombstone).toStrictEqual({
        pk: expect.anything(),
        sk: { S: 'key' },
        forgottenAt: { S: expect.any(String) },
      });
      await newKeys().forget(subject);
      await keys.forget(subject);
      await expect(itemOf()).resolves.toStrictEqual(tombstone);
      for (const each of [keys, newKeys()]) {
        await expect(each.keyFor(subject)).resolves.toBeUndefined();
        await expect(each.keyOf(keyId)).resolves.toBeUndefined();
        await expect(each.isForgotten(subject)).resolves.toBe(true);
      }
    });

    it('is in force before there is a key, and costs one PutItem', async () => {
      const [subject, keys] = [newSubject(), newKeys()];
      await keys.forget(subject);
      expect(operations(requests)).toStrictEqual(['PutItem']);
      await expect(newKeys().keyFor(subject)).resolves.toBeUndefined();
    });

    it('wins against a key that is being made at the same time', async () => {
      const subject = newSubject();
      const wrapping = localWrapping(randomBytes(32));
      const generate: typeof wrapping.generate = async keyId => {
        await newKeys().forget(subject);
        return wrapping.generate(keyId);
      };
      await expect(newKeys({ wrapping: { ...wrapping, generate } }).keyFor(subject)).resolves.toBeUndefined();
      await expect(newKeys().isForgotten(subject)).resolves.toBe(true);
    });

    it('is in force in another process when its cache is too old, by either clock', async () => {
      const [subject, cached] = [newSubject(), newKeys({ cache: { seconds: 60 } })];
      const { keyId = '' } = (await cached.keyFor(subject)) ?? {};
      await newKeys().forget(subject);

      await expect(cached.keyOf(keyId)).resolves.toBeDefined();
      const clocks = [jest.spyOn(Date, 'now'), jest.spyOn(performance, 'now')];
      const [now, monotonic] = [Date.now(), performance.now()];
      try {
        clocks[0]?.mockReturnValue(now + 59_000);
        clocks[1]?.mockReturnValue(monotonic + 59_000);
        await expect(cached.keyOf(keyId)).resolves.toBeDefined();
        // A function that was frozen: its monotonic clock stood still.
        clocks[0]?.mockReturnValue(now + 61_000);
        clocks[1]?.mockReturnValue(monotonic);
        await expect(cached.keyOf(keyId)).resolves.toBeUndefined();
      } finally {
        for (const clock of clocks) clock.mockRestore();
      }
    });

    it('is not undone in this process by an answer that was on its way', async () => {
      const subject = newSubject();
      const { keyId = '' } = (await newKeys().keyFor(subject)) ?? {};
      const keys: DynamoDbSubjectKeys = newKeys({
        wrapping: {
          ...usual,
          unwrap: async (...args) => {
            await keys.forget(subject);
            return usual.unwrap(...args);
          },
        },
      });
      await expect(keys.keyOf(keyId)).resolves.toBeUndefined();
    });

    it.each(['reset after', 'empty answer'] as const)(
      'is sure to be stored, whatever the network does (%s)',
      async fault => {
        const keys = newKeys({ dynamoDbClient: engine.client({ endpoint: proxy.endpoint }) });
        const subject = newSubject();
        let faults = 0;
        proxy.choose = ({ operation }) => (operation === 'PutItem' && faults++ === 0 ? fault : undefined);
        await keys.forget(subject);
        expect(faults).toBe(2);
        await expect(newKeys().isForgotten(subject)).resolves.toBe(true);
      },
    );
  });

  it.each(['reset after', 'empty answer'] as const)(
    'stores a new key before it is used, whatever the network does (%s)',
    async fault => {
      const keys = newKeys({ dynamoDbClient: engine.client({ endpoint: proxy.endpoint }) });
      const subject = newSubject();
      let faults = 0;
      proxy.choose = ({ operation }) => (operation === 'PutItem' && faults++ === 0 ? fault : undefined);
      const used = await bytesOf(keys, subject);
      expect(used).toBeDefined();
      await expect(bytesOf(newKeys(), subject)).resolves.toBe(used);
    },
  );

  it('takes an empty answer for no answer, and not for a forgotten subject', async () => {
    const keys = newKeys({ dynamoDbClient: engine.client({ endpoint: proxy.endpoint }) });
    const { keyId = '' } = (await newKeys().keyFor(newSubject())) ?? {};
    proxy.choose = ({ operation }) => (operation === 'Query' ? 'empty answer' : undefined);
    await expect(keys.keyOf(keyId)).rejects.toMatchObject({ code: 'IncompleteAnswerError' });
  });

  it('says that a key is missing, altered or wrapped otherwise, and never that it is forgotten', async () => {
    const { keyId = '' } = (await newKeys().keyFor(newSubject())) ?? {};
    const other = newKeys({ wrapping: localWrapping(randomBytes(32)) });
    await expect(other.keyOf(keyId)).rejects.toMatchObject({
      code: 'SubjectKeyError',
      reason: 'other-wrapping',
      tableName,
    });
    await expect(newKeys().keyOf('none')).rejects.toMatchObject({
      code: 'SubjectKeyError',
      reason: 'missing',
      tableName,
    });
  });

  it('makes no key if what was to happen before fails, also for one of two who ask at the same time', async () => {
    const [subject, keys, failure] = [newSubject(), newKeys(), new Error('too large')];
    const failing = () => Promise.reject(failure);
    await expect(rejection(keys.keyFor(subject, failing))).resolves.toBe(failure);
    await expect(rejection(keys.keyFor(subject, failing))).resolves.toBe(failure);
    const [refused, found] = await Promise.all([rejection(keys.keyFor(subject, failing)), keys.keyFor(subject)]);
    expect(refused).toBe(failure);
    requests.splice(0);
    // It is known now, so that nothing has to happen before.
    await expect(keys.keyFor(subject, failing)).resolves.toStrictEqual(found);
    expect(requests).toHaveLength(0);
  });

  it('forgets the keys that were used longest ago when there are too many', async () => {
    const [one, two, three] = [newSubject(), newSubject(), newSubject()];
    const keys = newKeys({ cache: { entries: 2 } });
    for (const subject of [one, two, one, three]) await keys.keyFor(subject);
    requests.splice(0);
    for (const subject of [one, three]) await keys.keyFor(subject);
    expect(requests).toHaveLength(0);
    await keys.keyFor(two);
    expect(operations(requests)).toStrictEqual(['Query']);
  });

  it.each<[string, Uint8Array]>([
    ['of 0 only', new Uint8Array(32)],
    ['too short', randomBytes(31)],
  ])('refuses a secret that is %s', (_, secret) => {
    expect(() => localWrapping(secret)).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument: 'secret' }),
    );
  });

  describe('with KMS', () => {
    it('asks for a key of 256 bits, and binds it to its subject, whose name it does not say', async () => {
      const subject = newSubject();
      const key = await bytesOf(newKeys({ wrapping: byKms() }), subject);
      await expect(bytesOf(newKeys({ wrapping: byKms() }), subject)).resolves.toBe(key);
      const EncryptionContext = { 'castore-dynamodb:subject': expect.stringMatching(/^[\w-]{43}$/) };
      expect(kms.requests).toMatchObject([
        { operation: 'GenerateDataKey', KeyId: 'alias/events', KeySpec: 'AES_256', EncryptionContext },
        { operation: 'Decrypt', KeyId: 'alias/events', EncryptionContext },
      ]);
      expect(kms.requests[0]?.EncryptionContext).toStrictEqual(kms.requests[1]?.EncryptionContext);
    });

    it('does not take the key of one subject for that of another one', async () => {
      const [one, other] = [newSubject(), newSubject()];
      const found = [
        await newKeys({ wrapping: byKms() }).keyFor(one),
        await newKeys({ wrapping: byKms() }).keyFor(other),
      ];
      const [ofOne, ofOther] = found.map(each => each?.keyId ?? '') as [string, string];
      const item = (await items()).find(({ pk }) => pk?.S?.endsWith(ofOne));
      await put({ ...item, pk: { S: `#subjectKey#${ofOther}` } });
      const error = await rejection(newKeys({ wrapping: byKms() }).keyOf(ofOther));
      expect(error).toMatchObject({ code: 'SubjectKeyError', reason: 'altered' });
    });

    it('hands on what KMS says, and keeps nothing of it', async () => {
      const [subject, keys] = [newSubject(), newKeys({ wrapping: byKms() })];
      kms.refusal = 'DisabledException';
      await expect(keys.keyFor(subject)).rejects.toMatchObject({ name: 'DisabledException' });
      kms.refusal = undefined;
      await expect(keys.keyFor(subject)).resolves.toBeDefined();
    });
  });
});
