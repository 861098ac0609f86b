import type { DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { requestWhole } from '@castore-dynamodb/commons';

import { VersionGapError } from '../errors.js';
import { eventsQueryInput } from '../read/eventsQuery.js';
import { QueryCommand } from '../sdkCommands.js';
import { itemKey, type PreparedEvent } from './prepareEvent.js';

/**
 * Refuses events of `gapless` adapters whose predecessor is missing.
 *
 * A consistent read before the write is enough: events are only ever added, so a predecessor that was there still is.
 * A condition in the write's own transaction would cost four write units instead of one write and one read unit.
 *
 * `client` is the one that the write goes through, if it is not the adapters' own: predecessors are read through it.
 */
export const refuseGaps = async (events: readonly PreparedEvent[], client?: DynamoDBClient): Promise<void> => {
  if (!events.some(({ storage }) => storage.gapless)) return;

  const written = new Set(events.map(event => itemKey(event)));
  await Promise.all(
    events.map(async event => {
      const { storage, location } = event;
      const before = location.version - 1;
      if (!storage.gapless || before === 0 || written.has(itemKey(event, before))) return;
      if (!(await isStored(event, before, client))) throw new VersionGapError(location);
    }),
  );
};

const isStored = async (
  { storage, location, put }: PreparedEvent,
  version: number,
  client = storage.dynamoDbClient,
): Promise<boolean> => {
  const query = { ...location, minVersion: version, maxVersion: version, limit: 1, reverse: false };
  const input: QueryCommandInput = { ...eventsQueryInput(storage, put.TableName, query), Select: 'COUNT' };
  const { Count } = await requestWhole({ operation: 'Query', tableName: put.TableName, requires: 'Count' }, () =>
    client.send(new QueryCommand(input)),
  );
  return Count === 1;
};
