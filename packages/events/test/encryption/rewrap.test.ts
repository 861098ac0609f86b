import { type KeyObject, randomBytes } from 'node:crypto';

import { KMSClient } from '@aws-sdk/client-kms';
import { SUBJECT_KEY_CONTEXT, subjectKeyOperations } from '@castore-dynamodb/table';
import { describeOnEveryEngine } from '@castore-dynamodb/testing/engines';
import { rejection } from '@castore-dynamodb/testing/eventTables';
import { type Kms, startKms } from '@castore-dynamodb/testing/startKms';

import { type KeyWrapping, kmsWrapping, localWrapping } from '../../src/index.js';
import { keysTable } from './support.js';

const drain = async <VALUE>(values: AsyncIterable<VALUE>): Promise<VALUE | undefined> => {
  let latest: VALUE | undefined;
  for await (const value of values) latest = value;
  return latest;
};

describeOnEveryEngine('rewrap', engine => {
  const [local, rotated] = [localWrapping(randomBytes(32)), localWrapping(randomBytes(32))];
  let kms: Kms;
  let kmsClient: KMSClient;
  beforeAll(async () => {
    kms = await startKms();
    kmsClient = new KMSClient(kms.clientConfig);
  });
  afterAll(() => {
    kmsClient.destroy();
    kms.stop();
  });
  const ofRotation = keysTable(engine.client());
  const byKms = (keyId: string) => kmsWrapping({ kmsClient, keyId });

  describe.each<[string, () => { former: KeyWrapping; wrapping: KeyWrapping }]>([
    ['another local secret', () => ({ former: local, wrapping: rotated })],
    ['KMS in place of a local secret', () => ({ former: local, wrapping: byKms('alias/new') })],
    ['another key of KMS', () => ({ former: byKms('alias/old'), wrapping: byKms('alias/new') })],
  ])('to %s', (_, wrappings) => {
    const { newKeys, put, items } = keysTable(engine.client());
    const bytesOf = async (keys: ReturnType<typeof newKeys>, subjectId: string) =>
      (await keys.keyFor(subjectId))?.key.export().toString('hex');

    it('keeps every key, and leaves none to the former wrapping', async () => {
      const { former, wrapping } = wrappings();
      const before = newKeys({ wrapping: former });
      const kept = await Promise.all(['ada', 'bob', 'cy'].map(subject => bytesOf(before, subject)));
      await before.forget('cy');
      await put({ pk: { S: 'a view' }, sk: { S: 'view' }, wrappedKey: { B: new Uint8Array(1) } });

      const during = newKeys({ wrapping, formerWrappings: [former] });
      const after = newKeys({ wrapping });
      await expect(bytesOf(during, 'ada')).resolves.toBe(kept[0]);
      await expect(bytesOf(after, 'ada')).rejects.toMatchObject({ code: 'SubjectKeyError', reason: 'other-wrapping' });

      await expect(drain(during.rewrap())).resolves.toStrictEqual({ keys: 2, rewrapped: 2 });
      await expect(drain(during.rewrap())).resolves.toStrictEqual({ keys: 2, rewrapped: 0 });

      await expect(Promise.all(['ada', 'bob'].map(subject => bytesOf(after, subject)))).resolves.toStrictEqual(
        kept.slice(0, 2),
      );
      await expect(after.keyFor('cy')).resolves.toBeUndefined();
      await expect(before.keyFor('cy')).resolves.toBeUndefined();
    });

    it('does not bring back a subject that is forgotten meanwhile', async () => {
      const { former, wrapping } = wrappings();
      await newKeys({ wrapping: former }).keyFor('dora');
      const wrap = async (keyId: string, key: KeyObject) => {
        await newKeys().forget('dora');
        return wrapping.wrap(keyId, key);
      };
      await drain(newKeys({ wrapping: { ...wrapping, wrap }, formerWrappings: [former] }).rewrap());
      await expect(newKeys().isForgotten('dora')).resolves.toBe(true);
    });

    it('wraps the others if a key cannot be unwrapped, and then says which one', async () => {
      const { former, wrapping } = wrappings();
      const before = newKeys({ wrapping: former });
      const keyIds = await Promise.all(['eve', 'finn'].map(async subject => (await before.keyFor(subject))?.keyId));
      const ofEve = (await items()).find(({ pk }) => pk?.S === `#subjectKey#${keyIds[0]}`);
      await put({ ...ofEve, pk: { S: '#subjectKey#another' } });
      // Counted as keys, and refused as reads refuse them.
      for (const lost of ['wrappedKey', 'wrapping']) {
        const rest: NonNullable<typeof ofEve> = { ...ofEve, pk: { S: `#subjectKey#no-${lost}` } };
        delete rest[lost];
        await put(rest);
        await expect(newKeys().keyOf(`no-${lost}`)).rejects.toMatchObject({ reason: 'altered' });
      }

      const error = await rejection(drain(newKeys({ wrapping, formerWrappings: [former] }).rewrap()));

      expect(error).toMatchObject({
        code: 'SubjectKeyError',
        reason: 'altered',
        keyId: expect.stringMatching(/another|no-/),
      });
      for (const subject of ['eve', 'finn']) await expect(newKeys({ wrapping }).keyFor(subject)).resolves.toBeDefined();
    });
  });

  it('asks KMS for what subjectKeyOperations allows, of which key, and for nothing else', async () => {
    const { newKeys } = ofRotation;
    const [former, wrapping] = [byKms('alias/former'), byKms('alias/now')];
    const { keyId = '' } = (await newKeys({ wrapping: former }).keyFor('gus')) ?? {};
    const rotating = () => newKeys({ wrapping, formerWrappings: [former] });
    const asked = async (work: () => Promise<unknown>) => {
      kms.requests.splice(0);
      await work();
      const on = (alias: string) =>
        kms.requests.flatMap(({ operation, KeyId }) => (KeyId === alias ? [`kms:${operation}`] : [])).toSorted();
      expect(new Set(kms.requests.flatMap(each => Object.keys(each.EncryptionContext ?? {})))).toEqual(
        new Set([SUBJECT_KEY_CONTEXT]),
      );
      return { wrappingKey: [...new Set(on('alias/now'))], formerWrappingKey: [...new Set(on('alias/former'))] };
    };
    const { readSubjectKeys, writeSubjectKeys, rewrapSubjectKeys } = subjectKeyOperations;
    await expect(asked(() => rotating().keyOf(keyId))).resolves.toEqual(readSubjectKeys);
    const push = () => Promise.all(['gus', 'hal'].map(subject => rotating().keyFor(subject)));
    await expect(asked(push)).resolves.toEqual(writeSubjectKeys);
    await expect(asked(() => drain(rotating().rewrap()))).resolves.toEqual(rewrapSubjectKeys);
  });
});
