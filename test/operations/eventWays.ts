import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  createEventTable,
  deleteEventTable,
  describeEventTable,
  formatEventForTransaction,
  pushEventsTransaction,
} from '@castore-dynamodb/adapter';
import { createProjectionTable, readAllEvents } from '@castore-dynamodb/streams';

import { CONTEXT, type Scene, type Way } from './scene.js';

/** Reading, pushing and listing events, and making the tables. */
export const eventWays = ({
  adapter,
  adapterOf,
  eventStore,
  unwatched,
  dynamoDbClient,
  event,
  stored,
  tables,
}: Scene) => {
  const { newTable, newProjectionTable, projectionTable } = tables;
  const layout = 'single-table';
  const group = (aggregateId: string, version: number) =>
    Object.assign(adapter.groupEvent(event(aggregateId, version)), { context: CONTEXT });

  return {
    getEvents: async () => {
      const aggregateId = await stored();
      return async () => {
        await adapter.getEvents(aggregateId, CONTEXT, { reverse: true, limit: 1 });
        for await (const _event of adapter.streamEvents(aggregateId, CONTEXT)) break;
        await eventStore.getAggregate(aggregateId);
      };
    },
    pushEvent: async () => {
      const aggregateId = await stored();
      return async () => {
        await adapter.pushEvent(event(aggregateId, 4), CONTEXT);
        await expect(adapter.pushEvent(event(aggregateId, 4), CONTEXT)).rejects.toThrow();
        await adapter.pushEvent(event(aggregateId, 4), { ...CONTEXT, force: true });
      };
    },
    pushEventGroup: async () => {
      const [one, other] = [await stored(), await stored()];
      return async () => {
        await adapter.pushEventGroup({}, group(one, 4), group(other, 4));
        await expect(adapter.pushEventGroup({}, group(one, 4), group(other, 5))).rejects.toThrow();
      };
    },
    readPredecessor: async () => {
      const aggregateId = await stored();
      return () => expect(adapterOf(dynamoDbClient, true).pushEvent(event(aggregateId, 7), CONTEXT)).rejects.toThrow();
    },
    checkUnchanged: async () => {
      const [pushed, unchanged] = [await stored(), await stored()];
      const check = { ...CONTEXT, eventStorageAdapter: adapter, aggregateId: unchanged, version: 3 };
      return () =>
        pushEventsTransaction([formatEventForTransaction(eventStore, event(pushed, 4))], { checks: [check] });
    },
    listAggregateIds: async () => {
      await stored();
      await stored();
      return async () => {
        const { nextPageToken = '' } = await adapter.listAggregateIds(CONTEXT, { limit: 1 });
        await adapter.listAggregateIds(CONTEXT, { pageToken: nextPageToken });
      };
    },
    readAllEvents: async () => {
      await stored();
      return async () => {
        for await (const _message of readAllEvents({ eventStores: [eventStore] }));
      };
    },
    sortAllEvents: async () => {
      // What cannot be read from a Scan is asked for, strongly consistent.
      const Key = { aggregateId: { S: `POKEMONS#${await stored(1)}` }, version: { N: '2' } };
      const members = { type: { S: 'NAMED' }, timestamp: { S: '2026-01-01T00:00:00.000Z' } };
      const TableName = tables.eventTable;
      const inexact = { N: '9007199254740993.5' };
      await unwatched.send(new PutItemCommand({ TableName, Item: { ...Key, ...members, payload: inexact } }));
      return async () => {
        const read = async (): Promise<void> => {
          for await (const _message of readAllEvents({ eventStores: [eventStore], sortOnDisk: true }));
        };
        await expect(read()).rejects.toMatchObject({ code: 'UnreadableEventError' });
        await unwatched.send(new DeleteItemCommand({ TableName, Key }));
      };
    },
    createEventTable: async () => () => createEventTable(dynamoDbClient, { tableName: newTable, layout }),
    enablePointInTimeRecovery: async () => () =>
      // No local engine has it; the request is sent all the same.
      expect(
        createEventTable(dynamoDbClient, { tableName: newTable, layout, pointInTimeRecovery: true }),
      ).rejects.toThrow(),
    describeEventTable: async () => () => describeEventTable(dynamoDbClient, { tableName: newTable, layout }),
    deleteEventTable: async () => () => deleteEventTable(dynamoDbClient, { tableName: newTable }),
    createProjectionTable: async () => () => createProjectionTable(dynamoDbClient, { tableName: projectionTable }),
    enableTimeToLive: async () => () =>
      createProjectionTable(dynamoDbClient, { tableName: newProjectionTable, timeToLive: true }),
  } satisfies Record<string, Way>;
};
