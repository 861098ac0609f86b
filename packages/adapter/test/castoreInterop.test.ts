import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DynamoDbEventStorageAdapter as CastoreV1Adapter,
  DynamoDbSingleTableEventStorageAdapter as CastoreV1SingleTableAdapter,
} from '@castore/dynamodb-event-storage-adapter';
import {
  DynamoDBSingleTableEventStorageAdapter as CastoreSingleTableAdapter,
  LegacyDynamoDBEventStorageAdapter as CastoreTablePerStoreAdapter,
} from '@castore/event-storage-adapter-dynamodb';

import { caught, context, describeOnEveryAdapter, newAggregateId } from './support.js';

const payloads: unknown[] = [
  undefined,
  null,
  '',
  'text é 🦄',
  0,
  1.5,
  -1e-7,
  Number.MAX_SAFE_INTEGER,
  2n ** 60n,
  true,
  [],
  {},
  [1, 'two', null, { three: [3] }],
  { nested: { empty: {}, list: [] }, 'odd key.[0]': 1 },
  new Uint8Array([0, 1, 255]),
  new Set(['a', 'b']),
  new Set([1, 2.5]),
];

describeOnEveryAdapter("Castore's own adapters", ({ layout, adapter, dynamoDbClient, tableName }) => {
  const isSingleTable = layout === 'single-table';
  const castore = {
    '2.x': new (isSingleTable ? CastoreSingleTableAdapter : CastoreTablePerStoreAdapter)({
      tableName,
      dynamoDBClient: dynamoDbClient,
    }),
    '1.x': new (isSingleTable ? CastoreV1SingleTableAdapter : CastoreV1Adapter)({ tableName, dynamoDbClient }),
  };

  describe.each(['1.x', '2.x'] as const)('%s', version => {
    const theirs = castore[version];

    it('write what ours reads equal', async () => {
      const aggregateId = newAggregateId();
      const events = payloads.map((payload, index) =>
        caught(aggregateId, index + 1, payload === undefined ? {} : { payload, metadata: { payload } }),
      );
      for (const event of events) await theirs.pushEvent(event, context);

      await expect(adapter.getEvents(aggregateId, context)).resolves.toStrictEqual({ events });
    });

    it('read equal what ours writes', async () => {
      const aggregateId = newAggregateId();
      const events = payloads.map((payload, index) =>
        caught(aggregateId, index + 1, payload === undefined ? {} : { payload, metadata: { payload } }),
      );
      for (const event of events) await adapter.pushEvent(event, context);

      await expect(theirs.getEvents(aggregateId, context)).resolves.toEqual({ events });
    });

    it('and ours conflict with one another', async () => {
      const [first, second] = [caught(newAggregateId(), 1), caught(newAggregateId(), 1)];
      await theirs.pushEvent(first, context);
      await adapter.pushEvent(second, context);

      await expect(adapter.pushEvent(first, context)).rejects.toMatchObject({ code: 'EventAlreadyExistsError' });
      await expect(theirs.pushEvent(second, context)).rejects.toMatchObject({ code: 'EventAlreadyExistsError' });
    });

    it('list the same aggregates', async () => {
      const store = { eventStoreId: isSingleTable ? `LISTED-${version}` : context.eventStoreId };
      const initialEventAfter = version === '1.x' ? '2031-01-01' : '2032-01-01';
      for (const [index, writer] of [theirs, adapter, theirs, adapter].entries()) {
        await writer.pushEvent(
          caught(newAggregateId(), 1, { timestamp: `${initialEventAfter}T00:00:0${index}.000Z` }),
          store,
        );
      }

      const ours = await adapter.listAggregateIds(store, {
        initialEventAfter,
        initialEventBefore: `${initialEventAfter}T00:00:09.000Z`,
      });
      const listed = await theirs.listAggregateIds(store, {
        initialEventAfter,
        initialEventBefore: `${initialEventAfter}T00:00:09.000Z`,
      });

      expect(ours.aggregateIds).toHaveLength(4);
      expect(
        version === '1.x' ? ours.aggregateIds.map(({ aggregateId }) => aggregateId) : ours.aggregateIds,
      ).toStrictEqual(listed.aggregateIds);
    });
  });

  it('left events without a timestamp behind, which ours reads as they are', async () => {
    const { timestamp: _, ...event } = caught(newAggregateId(), 2);
    await castore['2.x'].pushEvent({ ...event, timestamp: undefined } as never, context);
    await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
  });

  it('store the same items, but for the push id', async () => {
    const [ours, theirs] = [
      caught(newAggregateId(), 1, { payload: { a: [1] } }),
      caught(newAggregateId(), 1, { payload: { a: [1] } }),
    ];
    await adapter.pushEvent(ours, context);
    await castore['2.x'].pushEvent(theirs, context);
    const read = async (aggregateId: string) => {
      const S = isSingleTable ? `${context.eventStoreId}#${aggregateId}` : aggregateId;
      const Key = { aggregateId: { S }, version: { N: '1' } };
      const { Item: { aggregateId: __, ...item } = {} } = await dynamoDbClient.send(
        new GetItemCommand({ TableName: tableName, Key }),
      );
      return item;
    };

    const { pushId, ...item } = await read(ours.aggregateId);
    expect(item).toStrictEqual(await read(theirs.aggregateId));
    expect(pushId?.B).toHaveLength(9);
  });
});
