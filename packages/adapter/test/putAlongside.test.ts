import { GetItemCommand, type Put } from '@aws-sdk/client-dynamodb';
import type { GroupedEvent } from '@castore/core';
import * as fc from 'fast-check';

import { toEventItem } from '../src/codec/eventItem.js';
import { DynamoDbEventAlreadyExistsError, type GroupToWrite, itemSize, putAlongside } from '../src/index.js';
import { tablePerStoreLayout } from '../src/layout.js';
import { storableValues } from './model/storableValues.js';
import { caught, context, describeOnEveryAdapter, newAggregateId, rejection } from './support.js';

describeOnEveryAdapter('putAlongside', ({ adapter, tableName, dynamoDbClient, requests, engine }) => {
  const key = (id: string) => ({ aggregateId: { S: `#alongside#${id}` }, version: { N: '1' } });
  const put = (id: string, rest: Partial<Put> = {}): Put => ({ TableName: tableName, Item: { ...key(id) }, ...rest });
  const isThere = async (id: string): Promise<boolean> => {
    const { Item } = await dynamoDbClient.send(
      new GetItemCommand({ TableName: tableName, Key: key(id), ConsistentRead: true }),
    );
    return Item !== undefined;
  };

  const grouped = (aggregateId: string, version: number, ...puts: Put[]): GroupedEvent => {
    const { timestamp: _, ...event } = caught(aggregateId, version);
    const groupedEvent = Object.assign(adapter.groupEvent(event), { context });
    for (const each of puts) putAlongside(groupedEvent, async () => [each]);
    return groupedEvent;
  };
  const push = (...group: GroupedEvent[]) => adapter.pushEventGroup({}, ...(group as [GroupedEvent]));

  it('writes items in the transaction of their events, whichever of them they belong to', async () => {
    const id = newAggregateId();
    await push(grouped(id, 1), grouped(id, 2, put(`${id} a`)), grouped(id, 3, put(`${id} b`), put(`${id} c`)));

    expect(requests.map(({ operation }) => operation)).toStrictEqual(['TransactWriteItems']);
    await expect(Promise.all(['a', 'b', 'c'].map(name => isThere(`${id} ${name}`)))).resolves.toStrictEqual([
      true,
      true,
      true,
    ]);
    await expect(adapter.getEvents(id, context)).resolves.toMatchObject({ events: { length: 3 } });
  });

  it('makes a transaction of an event alone, and a push of one that has nothing beside it in the end', async () => {
    const [one, other] = [newAggregateId(), newAggregateId()];
    const withNothing = grouped(other, 1);
    putAlongside(withNothing, async () => []);

    await push(grouped(one, 1, put(one)));
    await push(withNothing);

    expect(requests.map(({ operation }) => operation)).toStrictEqual(['TransactWriteItems', 'PutItem']);
    // Two each, and one for the index. DynamoDB Local counts transactions otherwise than DynamoDB does.
    if (engine.engine === 'dynoxide') expect(requests[0]?.units).toBe(5);
  });

  it('asks with the very events that are stored, and handed back', async () => {
    const [id, timestamp] = [newAggregateId(), '2026-01-01T00:00:00.000Z'];
    const groups: GroupToWrite[] = [];
    const group = [1, 2].map(version => {
      const event = { aggregateId: id, version, type: 'T', payload: { kept: -0, gone: undefined } };
      const groupedEvent = adapter.groupEvent(version === 1 ? event : { ...event, timestamp });
      putAlongside(groupedEvent, async asked => {
        groups.push(asked);
        return [];
      });
      return Object.assign(groupedEvent, { context });
    });

    const { eventGroup } = await adapter.pushEventGroup({ force: true }, ...(group as [GroupedEvent]));

    expect(groups).toHaveLength(2);
    for (const { events, force } of groups) {
      expect(force).toBe(true);
      expect(events.map(({ eventStoreId }) => eventStoreId)).toStrictEqual(['POKEMONS', 'POKEMONS']);
      events.forEach(({ event }, index) => expect(event).toBe(eventGroup[index]?.event));
    }
    expect(groups[0]?.events[0]?.event).toStrictEqual({
      aggregateId: id,
      version: 1,
      type: 'T',
      timestamp,
      payload: { kept: 0 },
    });
  });

  it('writes nothing if an event is there already, and names that event', async () => {
    const id = newAggregateId();
    const { event: winner } = await adapter.pushEvent(caught(id, 2), context);

    const error = await rejection(push(grouped(id, 1, put(id)), grouped(id, 2)));

    expect(error).toBeInstanceOf(DynamoDbEventAlreadyExistsError);
    expect(error).toMatchObject({ aggregateId: id, version: 2, winningEvent: winner });
    await expect(isThere(id)).resolves.toBe(false);
  });

  it("writes nothing if an item's condition fails, and says so in DynamoDB's words", async () => {
    const id = newAggregateId();
    const once = { ConditionExpression: 'attribute_not_exists(aggregateId)' };
    await push(grouped(id, 1, put(id, once)));

    const error = await rejection(push(grouped(id, 2, put(id, once))));

    expect(error).toMatchObject({ name: 'TransactionCanceledException', $metadata: { httpStatusCode: 400 } });
    await expect(adapter.getEvents(id, context)).resolves.toMatchObject({ events: { length: 1 } });
    const conflict = await rejection(push(grouped(id, 1, put(id, once)), grouped(id, 2)));
    expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError', version: 1 });
  });

  it('fails with what fails to say what to put, and writes nothing', async () => {
    const [id, failure] = [newAggregateId(), new Error('no idea')];
    const groupedEvent = grouped(id, 1);
    putAlongside(groupedEvent, () => Promise.reject(failure));
    await expect(rejection(push(groupedEvent, grouped(id, 2)))).resolves.toBe(failure);
    expect(requests).toHaveLength(0);
  });

  it('takes 100 items with the events, and refuses more', async () => {
    const [id, other] = [newAggregateId(), newAggregateId()];
    const puts = (count: number) => Array.from({ length: count }, (_, index) => put(`${id} ${index}`));
    await push(grouped(id, 1, ...puts(60)), ...Array.from({ length: 39 }, (_, index) => grouped(id, index + 2)));
    requests.splice(0);

    const error = await rejection(push(grouped(other, 1, ...puts(99)), grouped(other, 2)));

    expect(error).toMatchObject({ code: 'InvalidEventGroupError', reason: 'too-many-events' });
    expect((error as Error).message).toContain('2 events, 0 checks and 99 items');
    expect(requests).toHaveLength(0);
  });

  it('counts the items into the 4 MB', async () => {
    const id = newAggregateId();
    const large = (index: number) =>
      put(`${id} ${index}`, { Item: { ...key(`${id} ${index}`), b: { B: new Uint8Array(399 * 1024) } } });
    const error = await rejection(push(grouped(id, 1, ...Array.from({ length: 11 }, (_, index) => large(index)))));
    expect(error).toMatchObject({ code: 'InvalidEventGroupError', reason: 'too-large' });
    expect(requests).toHaveLength(0);
  });
});

describe('itemSize', () => {
  it('is what the adapter counts for its own items', () => {
    fc.assert(
      fc.property(storableValues, fc.integer({ min: 1, max: 2 ** 53 - 1 }), (payload, version) => {
        const event = { aggregateId: 'é', version, type: 'T', timestamp: '2026-01-01T00:00:00.000Z', payload };
        const { item, size } = toEventItem(tablePerStoreLayout, 'POKEMONS', event, Uint8Array.of(1, 2, 3));
        expect(itemSize(item)).toBe(size);
      }),
    );
  });
});
