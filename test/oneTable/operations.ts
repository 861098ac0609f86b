import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  putAlongside,
} from '@castore-dynamodb/adapter';
import type { EventTableLayout } from '@castore-dynamodb/table';

/** Something that an adapter does, and what a user grants for it. */
export interface Operation {
  name: string;
  grants: ('getEvents' | 'pushEvent' | 'listAggregateIds')[];
  run: () => Promise<unknown>;
}

interface Table {
  layout: EventTableLayout;
  tableName: string;
}

const granted =
  (...grants: Operation['grants']) =>
  (name: string, run: Operation['run']): Operation => ({ name, grants, run });

const push = granted('pushEvent');
const gaplessPush = granted('pushEvent', 'getEvents');
const read = granted('getEvents');
const list = granted('listAggregateIds');

const ADAPTERS = {
  'single-table': DynamoDbSingleTableEventStorageAdapter,
  'table-per-store': DynamoDbEventStorageAdapter,
};

const CONTEXT = { eventStoreId: 'POKEMONS' };

const event = (aggregateId: string, version: number) => ({ aggregateId, version, type: 'CAUGHT' });

const grouped = (adapter: InstanceType<(typeof ADAPTERS)[EventTableLayout]>, ...eventKey: Parameters<typeof event>) =>
  Object.assign(adapter.groupEvent(event(...eventKey)), { context: CONTEXT });

const conflict = (pushed: Promise<unknown>): Promise<void> =>
  expect(pushed).rejects.toMatchObject({ code: 'EventAlreadyExistsError' });

/** What an adapter does with one table. Each operation finds there what the ones before it left. */
export const operationsOn = (dynamoDbClient: DynamoDBClient, { layout, tableName }: Table): Operation[] => {
  const options = { tableName, dynamoDbClient };
  const adapter = new ADAPTERS[layout](options);
  const gapless = new ADAPTERS[layout]({ ...options, gapless: true });
  const sharded = new DynamoDbSingleTableEventStorageAdapter({ ...options, initialEventShards: 4 });

  const operations = [
    push('pushEvent', () => adapter.pushEvent(event('pikachu', 1), CONTEXT)),
    push('a forced pushEvent', () => adapter.pushEvent(event('pikachu', 1), { ...CONTEXT, force: true })),
    push('a pushEvent in conflict', () => conflict(adapter.pushEvent(event('pikachu', 1), CONTEXT))),
    push('pushEventGroup', () =>
      adapter.pushEventGroup({}, grouped(adapter, 'pikachu', 2), grouped(adapter, 'raichu', 1)),
    ),
    push('pushEventGroup of one event', () => adapter.pushEventGroup({}, grouped(adapter, 'pikachu', 3))),
    push('a pushEventGroup in conflict', () =>
      conflict(adapter.pushEventGroup({}, grouped(adapter, 'pikachu', 3), grouped(adapter, 'raichu', 2))),
    ),
    gaplessPush('a gapless pushEvent', () => gapless.pushEvent(event('pikachu', 4), CONTEXT)),
    gaplessPush('a gapless pushEventGroup', () =>
      gapless.pushEventGroup({}, grouped(gapless, 'pikachu', 5), grouped(gapless, 'raichu', 2)),
    ),
    read('getEvents', () => adapter.getEvents('pikachu', CONTEXT)),
    read('getEvents of the last', () => adapter.getEvents('pikachu', CONTEXT, { reverse: true, limit: 1 })),
    read('streamEvents', () => adapter.streamEvents('pikachu', CONTEXT).next()),
    list('listAggregateIds', () => adapter.listAggregateIds(CONTEXT)),
    list('listAggregateIds, page by page', async () => {
      const { nextPageToken = '' } = await adapter.listAggregateIds(CONTEXT, { limit: 1 });
      return adapter.listAggregateIds(CONTEXT, { pageToken: nextPageToken });
    }),
  ];
  if (layout === 'table-per-store') return operations;

  return [
    ...operations,
    push('a sharded pushEvent', () => sharded.pushEvent(event('mew', 1), CONTEXT)),
    list('a sharded listAggregateIds', () => sharded.listAggregateIds(CONTEXT)),
  ];
};

/** What adapters do with two tables at once. */
export const operationsAcross = (dynamoDbClient: DynamoDBClient, tables: [Table, Table]): Operation[] => {
  const [one, other] = tables.map(({ layout, tableName }) => new ADAPTERS[layout]({ tableName, dynamoDbClient }));
  if (one === undefined || other === undefined) return [];

  return [
    push('pushEventGroup', () => one.pushEventGroup({}, grouped(one, 'mewtwo', 1), grouped(other, 'mewtwo', 1))),
    push('pushEventGroup with putAlongside', () => {
      const beside = { TableName: tables[1].tableName, Item: { aggregateId: { S: 'seen' }, version: { N: '1' } } };
      const mewtwo = grouped(one, 'mewtwo', 2);
      putAlongside(mewtwo, async () => [beside]);
      return one.pushEventGroup({}, mewtwo);
    }),
  ];
};
