import type { EventTransformation } from '@castore-dynamodb/adapter';
import { largeEvents } from '@castore-dynamodb/events';
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
];
