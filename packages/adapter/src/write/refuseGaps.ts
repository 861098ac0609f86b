import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { EVENT_TABLE_PK, EVENT_TABLE_SK } from '@castore-dynamodb/table';

import { VersionGapError } from '../errors/index.js';
import type { EventStorage } from '../eventStorage.js';
import { itemKey, type PreparedEvent } from './prepareEvent.js';

interface EventToWrite {
  readonly storage: EventStorage;
  readonly prepared: PreparedEvent;
}

/**
 * Refuses events of `gapless` adapters whose predecessor is missing.
 *
 * A consistent read before the write is enough: events are only ever added, so a predecessor that was there still is.
 * A condition in the write's own transaction would cost four write units instead of one write and one read unit.
 *
 * `client` is the one that the write goes through, where it is not the adapters' own: that is where predecessors count.
 */
export const refuseGaps = async (events: readonly EventToWrite[], client?: DynamoDBClient): Promise<void> => {
  if (!events.some(({ storage }) => storage.gapless)) return;

  const written = new Set(events.map(({ prepared }) => itemKey(prepared)));
  await Promise.all(
    events.map(async ({ storage, prepared }) => {
      const { version } = prepared.location;
      if (!storage.gapless || version === 1 || written.has(itemKey(prepared, version - 1))) return;
      if (!(await isStored(client ?? storage.dynamoDbClient, prepared, version - 1)))
        throw new VersionGapError(prepared.location);
    }),
  );
};

const isStored = async (client: DynamoDBClient, { put }: PreparedEvent, version: number) => {
  const { Count } = await client.send(
    new QueryCommand({
      TableName: put.TableName,
      ConsistentRead: true,
      Select: 'COUNT',
      KeyConditionExpression: '#aggregateId = :aggregateId and #version = :version',
      ExpressionAttributeNames: { '#aggregateId': EVENT_TABLE_PK, '#version': EVENT_TABLE_SK },
      ExpressionAttributeValues: {
        ':aggregateId': put.Item[EVENT_TABLE_PK] ?? { S: '' },
        ':version': { N: String(version) },
      },
    }),
  );
  return Count === 1;
};
