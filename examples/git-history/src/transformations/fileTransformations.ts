import { randomBytes } from 'node:crypto';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { defineTransformation, type EventEvolution, type EventTransformation } from '@castore-dynamodb/adapter';
import { DynamoDbSubjectKeys, encryption, evolution, largeEvents, localWrapping } from '@castore-dynamodb/events';

import type { FileChangePayload } from '../fileEventStore.js';
import { createViewTable } from '../tables.js';
import { startLocalS3 } from './localS3.js';

/** How an author reads who was forgotten. */
export const FORGOTTEN = '(forgotten)';

/** So small that some messages of most repositories are larger. By default, S3 is for 300 KB and more. */
const LARGE = 512;

export interface FileTransformations {
  readonly transformations: readonly EventTransformation[];
  /** From now on, events are written in their shape of today; those of before stay as they are. */
  deployNewShape: () => void;
  /** Nobody can read this author's name any more. */
  forget: (author: string) => Promise<void>;
  readonly counts: {
    /** How many FILE_CHANGED were written in the shape of before. */
    oldShape: number;
    /** How many events went to S3. */
    objects: () => number;
  };
  close: () => Promise<void>;
}

/** Authors are encrypted with a key each, large events lie in a local S3, and FILE_CHANGED once had another shape. */
export const openFileTransformations = async (
  dynamoDbClient: DynamoDBClient,
  eventTableName: string,
): Promise<FileTransformations> => {
  const tableName = `${eventTableName}-keys`;
  const { remove } = await createViewTable(dynamoDbClient, tableName);
  const s3 = await startLocalS3();
  const keys = new DynamoDbSubjectKeys({
    tableName,
    dynamoDbClient,
    // In production a key of KMS, by kmsWrapping: this one ends with the program.
    wrapping: localWrapping(randomBytes(32)),
  });
  const { shape, deployNewShape, counts } = evolvingFiles();
  return {
    transformations: [
      shape,
      encryption({
        keys,
        // git takes an empty name, too.
        subjectOf: ({ payload }) => (payload as FileChangePayload).author || undefined,
        fields: {
          FILES: {
            FILE_ADDED: ['payload.author'],
            FILE_CHANGED: ['payload.author'],
            FILE_DELETED: ['payload.author'],
          },
        },
        forgotten: () => FORGOTTEN,
      }),
      largeEvents({ offload: { s3Client: s3.s3Client, bucketName: 'events', from: LARGE } }),
    ],
    deployNewShape,
    forget: author => keys.forget(author),
    counts: Object.assign(counts, { objects: () => s3.objects.size }),
    close: async () => {
      s3.close();
      await remove();
    },
  };
};

/** A FILE_CHANGED of before: its lines were not named as those of the other events. */
interface OldPayload extends Omit<FileChangePayload, 'linesAdded' | 'linesRemoved'> {
  added: number;
  removed: number;
}

/** Until the new shape is deployed, events are written as the code of before did it. They are read in that of today. */
const evolvingFiles = () => {
  const today = evolution({
    eventStores: {
      FILES: {
        FILE_CHANGED: {
          upcasters: [
            ({ payload }) => {
              const { added, removed, ...rest } = payload as OldPayload;
              return { payload: { ...rest, linesAdded: added, linesRemoved: removed } };
            },
          ],
        },
      },
    },
  });
  let isDeployed = false;
  const counts = { oldShape: 0 };
  const shape = defineTransformation<EventEvolution>({
    ...today,
    schemaVersionOf: (type, context) => (isDeployed ? today.schemaVersionOf(type, context) : 1),
    parse: (event, context) => {
      if (isDeployed || event.type !== 'FILE_CHANGED') return today.parse(event, context);
      counts.oldShape += 1;
      const { linesAdded, linesRemoved, ...rest } = event.payload as FileChangePayload;
      return { payload: { ...rest, added: linesAdded, removed: linesRemoved } satisfies OldPayload };
    },
  });
  return {
    shape,
    counts,
    deployNewShape: (): void => {
      isDeployed = true;
    },
  };
};
