import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { createEventTable } from '@castore-dynamodb/adapter';
import { createProjectionTable } from '@castore-dynamodb/streams';
import {
  type EventTableOperation,
  type EventTablePermissions,
  type EventTableResource,
  eventTableOperations,
} from '@castore-dynamodb/table';

import { describeOnEveryEngine, uniqueTableName } from '../test-support/engines.js';
import { watchPermissions } from './operations/watchPermissions.js';
import { type Clients, waysOf } from './operations/ways.js';

const OPERATIONS = Object.keys(eventTableOperations) as EventTableOperation[];

/** What is done on the way to an operation, and needs its own permissions. */
const ON_THE_WAY: Partial<Record<EventTableOperation, EventTableOperation>> = {
  enablePointInTimeRecovery: 'createEventTable',
};

const promised = (operation: EventTableOperation, snapshotTable: EventTableResource): Record<string, string[]> => {
  const all: Record<string, string[]> = {};
  for (const part of [operation, ON_THE_WAY[operation]]) {
    const permissions: EventTablePermissions = part === undefined ? {} : eventTableOperations[part];
    for (const [name, actions] of Object.entries(permissions)) {
      // What Lambda sends in the function's name, no local engine can show.
      if (name === 'stream') continue;
      const resource = name === 'snapshotTable' ? snapshotTable : name;
      all[resource] = [...new Set([...(all[resource] ?? []), ...actions])].toSorted();
    }
  }
  return all;
};

describeOnEveryEngine('eventTableOperations', ({ client: newClient, clientConfig }) => {
  const streamsClients: DynamoDBStreamsClient[] = [];
  const newClients = (): Clients => {
    const dynamoDbStreamsClient = new DynamoDBStreamsClient(clientConfig);
    streamsClients.push(dynamoDbStreamsClient);
    return { dynamoDbClient: newClient(), dynamoDbStreamsClient };
  };
  afterAll(() => {
    for (const client of streamsClients) client.destroy();
  });

  const unwatched = newClients();
  const projectionTable = uniqueTableName('projections');
  const separateSnapshots = uniqueTableName('snapshots');

  describe.each(['snapshotTable', 'table'] as const)('with snapshots in the %s', snapshotTable => {
    const [eventTable, newTable] = [uniqueTableName('events'), uniqueTableName('new')];
    const tables = {
      eventTable,
      newTable,
      projectionTable,
      snapshotTable: snapshotTable === 'table' ? eventTable : separateSnapshots,
    };
    const watched = newClients();
    const needed = watchPermissions(
      Object.values(watched),
      new Map<string, EventTableResource>([
        [separateSnapshots, 'snapshotTable'],
        [projectionTable, 'projectionTable'],
        [newTable, 'table'],
        [eventTable, 'table'],
      ]),
    );
    const ways = waysOf(unwatched, watched, tables);

    beforeAll(async () => {
      for (const tableName of [eventTable, separateSnapshots]) {
        await createEventTable(unwatched.dynamoDbClient, { tableName, layout: 'single-table' });
      }
      await createProjectionTable(unwatched.dynamoDbClient, { tableName: projectionTable });
    });

    it.each(OPERATIONS)('names exactly what %s sends', async operation => {
      const run = await ways[operation]();
      expect(await needed(run)).toEqual(promised(operation, snapshotTable));
    });
  });
});
