import { createHash, createSecretKey } from 'node:crypto';

import type { EventTransformation } from '@castore-dynamodb/adapter';
import { encryption, evolution, largeEvents, type SubjectKeys, type TypeShape } from '@castore-dynamodb/events';

import type { ObjectServer } from './objectServer.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** A key for every subject that needs no table, the same one in each adapter. */
export const subjectKeys: SubjectKeys = {
  keyFor: async subjectId => {
    const keyId = hash(subjectId);
    return { keyId, key: createSecretKey(createHash('sha256').update(keyId).digest()) };
  },
  keyOf: async keyId => createSecretKey(createHash('sha256').update(keyId).digest()),
};

/**
 * All that `@castore-dynamodb/events` does, to every event: payload and metadata are encrypted by aggregate, and then
 * compressed or in S3. Events of `shapes` evolve.
 */
export const allTransformations = (
  { client, bucketName }: Pick<ObjectServer, 'client' | 'bucketName'>,
  eventStores: Readonly<Record<string, Record<string, TypeShape>>> = {},
): [EventTransformation, EventTransformation, EventTransformation] => [
  evolution({ eventStores }),
  encryption({ keys: subjectKeys, subjectOf: ({ aggregateId }) => `subject ${aggregateId}` }),
  largeEvents({ compressFrom: 1, offload: { s3Client: client(), bucketName, from: 200 } }),
];
