import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { createEventTable } from '@castore-dynamodb/adapter';
import { createProjectionTable } from '@castore-dynamodb/streams';
import {
  type EventTableOperation,
  type EventTablePermissions,
  type EventTableResource,
  eventTableOperations,
} from '@castore-dynamodb/table';
import { describeOnSomeEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import type { Clients } from './operations/scene.js';
import { waysOf } from './operations/ways.js';
import { ANY_STREAM, distinct, permissionsFor, watchRequests } from './permissions.js';

const OPERATIONS = Object.keys(eventTableOperations) as EventTableOperation[];

/** What is done on the way to an operation, and needs its own permissions. */
const ON_THE_WAY: Partial<Record<EventTableOperation, EventTableOperation>> = {
  checkUnchanged: 'pushEventGroup',
  enablePointInTimeRecovery: 'createEventTable',
  enableTimeToLive: 'createProjectionTable',
  runOnce: 'pushEventGroup',
};

type Names = Partial<Record<EventTableResource, string>>;

/** What `eventTableOperations` says, an action on a resource a line. */
const promised = (operation: EventTableOperation, names: Names): string[] =>
  distinct(
    [operation, ON_THE_WAY[operation]].flatMap(part => {
      const permissions: EventTablePermissions = part === undefined ? {} : eventTableOperations[part];
      return Object.entries(permissions).flatMap(([resource, actions]) => {
        const name = names[resource as EventTableResource];
        return name === undefined ? [] : actions.map(action => `${action} on ${name}`);
      });
    }),
  );

describeOnSomeEngine('eventTableOperations', ({ client: newClient, endpoint }) => {
  const streamsClients: DynamoDBStreamsClient[] = [];
  const newClients = (): Clients => {
    const dynamoDbClient: DynamoDBClient = newClient();
    const { region, credentials } = dynamoDbClient.config;
    const dynamoDbStreamsClient = new DynamoDBStreamsClient({ endpoint, region, credentials });
    streamsClients.push(dynamoDbStreamsClient);
    return { dynamoDbClient, dynamoDbStreamsClient };
  };
  afterAll(() => {
    for (const client of streamsClients) client.destroy();
  });

  const unwatched = newClients();
  const projectionTable = uniqueTableName('projections');
  beforeAll(() => createProjectionTable(unwatched.dynamoDbClient, { tableName: projectionTable }));

  describe.each([
    ['a table of their own', true],
    ['the events’ table', false],
  ])('with snapshots in %s', (_, isSeparate) => {
    const [eventTable, newTable] = [uniqueTableName('events'), uniqueTableName('new')];
    const newProjectionTable = uniqueTableName('new');
    const namesakes = new Map([
      [newTable, eventTable],
      [newProjectionTable, projectionTable],
    ]);
    const snapshotTable = isSeparate ? uniqueTableName('snapshots') : eventTable;
    const watched = newClients();
    const sent = watchRequests(watched.dynamoDbStreamsClient, watchRequests(watched.dynamoDbClient));
    const ways = waysOf(unwatched, watched, {
      eventTable,
      newTable,
      projectionTable,
      newProjectionTable,
      snapshotTable,
    });
    const named = (tableName: string): string => namesakes.get(tableName) ?? tableName;
    // Without `stream`: no local engine can show what Lambda reads it with, in the function's name.
    const names: Names = {
      table: eventTable,
      index: `${eventTable}/index/initialEvents`,
      anyStream: ANY_STREAM,
      projectionTable,
      snapshotTable,
    };

    beforeAll(async () => {
      for (const tableName of new Set([eventTable, snapshotTable])) {
        await createEventTable(unwatched.dynamoDbClient, { tableName, layout: 'single-table' });
      }
    });

    it.each(OPERATIONS)('names exactly what %s sends', async operation => {
      const run = await ways[operation]();
      sent.length = 0;
      await run();

      const needed = sent.flatMap(request => permissionsFor(request.operation, request.body, named));
      expect(distinct(needed)).toEqual(promised(operation, names));
    });
  });
});
