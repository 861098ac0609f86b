import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

import type { EventTransformation } from '@castore-dynamodb/adapter';
import { encryption, largeEvents, type SubjectKeys } from '@castore-dynamodb/events';
import type { ObjectServer } from '@castore-dynamodb/testing/objectServer';
import { levels, sealed } from '@castore-dynamodb/testing/transformations';

/** Transformations under which every reader must read the same. To cover another one, add a set. */
export interface TransformationSet {
  readonly name: string;
  /** A new list for each adapter; the first is the one that evolves events. */
  readonly transformations: (server: ObjectServer) => [EventTransformation, ...EventTransformation[]];
  /** Whether they undo at once what they did. */
  readonly isSync: boolean;
  /** What the item's attribute `encoding` says. */
  readonly encoding: string;
  /** A text in the payload of the second event. */
  readonly text?: string;
}

/** Nobody is forgotten here, and the readers read all that there is. */
const inMemoryKeys = (): SubjectKeys => {
  const keys = new Map<string, KeyObject>();
  return {
    keyFor: async subjectId => {
      const keyId = createHash('sha256').update(subjectId).digest('base64url');
      const key = keys.get(keyId) ?? createSecretKey(randomBytes(32));
      keys.set(keyId, key);
      return { keyId, key };
    },
    keyOf: async keyId => keys.get(keyId),
  };
};

export const TRANSFORMATION_SETS: readonly TransformationSet[] = [
  {
    name: 'undone at once',
    transformations: () => [levels(), sealed('inner'), sealed('outer', { key: 0x33 })],
    isSync: true,
    encoding: 'inner,outer',
  },
  {
    name: 'undone later',
    transformations: () => [
      levels({ isLater: true }),
      sealed('inner', { isLater: true }),
      sealed('outer', { key: 0x33, isLater: true }),
    ],
    isSync: false,
    encoding: 'inner,outer',
  },
  {
    name: 'compressed',
    transformations: () => [levels(), largeEvents({ compressFrom: 1 })],
    isSync: true,
    encoding: 'largeEvents',
    text: 'x'.repeat(10_000),
  },
  {
    name: 'of 3 MB, in S3',
    transformations: server => [
      levels(),
      largeEvents({ offload: { s3Client: server.client(), bucketName: server.bucketName, from: 1 } }),
    ],
    isSync: false,
    encoding: 'largeEvents',
    text: 'x'.repeat(3_000_000),
  },
  {
    name: 'encrypted',
    transformations: () => [
      levels(),
      encryption({ keys: inMemoryKeys(), subjectOf: ({ aggregateId }) => aggregateId }),
    ],
    isSync: false,
    encoding: 'encryption',
  },
  {
    name: 'encrypted, compressed and in S3',
    transformations: server => [
      levels(),
      encryption({ keys: inMemoryKeys(), subjectOf: ({ aggregateId }) => aggregateId }),
      largeEvents({ compressFrom: 1, offload: { s3Client: server.client(), bucketName: server.bucketName, from: 1 } }),
    ],
    isSync: false,
    encoding: 'encryption,largeEvents',
  },
];
