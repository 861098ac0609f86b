import { randomBytes } from 'node:crypto';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSubjectKeys, type KeyWrapping, localWrapping } from '@castore-dynamodb/events';

import { newName, type Scene, type Way } from './scene.js';

const [former, today] = [localWrapping(randomBytes(32)), localWrapping(randomBytes(32))];

/** Keys of the people whom encrypted events are about. */
export const subjectKeyWays = ({ dynamoDbClient, unwatched, tables }: Scene) => {
  const keysOf = (client: DynamoDBClient, wrapping: KeyWrapping = today) =>
    new DynamoDbSubjectKeys({
      tableName: tables.projectionTable,
      dynamoDbClient: client,
      wrapping,
      formerWrappings: [former],
    });
  return {
    readSubjectKeys: async () => {
      const subject = newName('ada');
      const { keyId = '' } = (await keysOf(unwatched).keyFor(subject)) ?? {};
      const keys = keysOf(dynamoDbClient);
      return () => Promise.all([keys.keyOf(keyId), keys.isForgotten(subject)]);
    },
    writeSubjectKeys: async () => () => keysOf(dynamoDbClient).keyFor(newName('ada')),
    forgetSubject: async () => () => keysOf(dynamoDbClient).forget(newName('ada')),
    rewrapSubjectKeys: async () => {
      await keysOf(unwatched, former).keyFor(newName('ada'));
      return async () => {
        for await (const progress of keysOf(dynamoDbClient).rewrap()) void progress;
      };
    },
  } satisfies Record<string, Way>;
};
