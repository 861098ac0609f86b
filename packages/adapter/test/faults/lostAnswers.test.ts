import { randomUUID } from 'node:crypto';

import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { GroupedEvent } from '@castore/core';
import { DynamoDBSingleTableEventStorageAdapter } from '@castore/event-storage-adapter-dynamodb';
import { impatient } from '@castore-dynamodb/testing/impatient';
import { PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';
import { sealed } from '@castore-dynamodb/testing/transformations';

import {
  DynamoDbEventAlreadyExistsError,
  DynamoDbSingleTableEventStorageAdapter,
  putAlongside,
} from '../../src/index.js';
import { type Adapter, caught, context, newAggregateId, rejection } from '../support.js';
import {
  accountStore,
  beforeRepetition,
  countOf,
  depositCommand,
  depositTwiceCommand,
  describeWithFaults,
  forgetRequestTokens,
  inTurn,
} from './faultySupport.js';

/** DynamoDB has written, and the client does not learn of it. */
const ANSWER_LOST = ['reset after', 'no answer after', 'server error after', 'cut body'] as const;

const group = (adapter: Adapter, aggregateId: string, payload: unknown = null) => {
  const grouped = [1, 2, 3].map(version => {
    const event = caught(aggregateId, version, { timestamp: '2026-01-01T00:00:00.000Z', payload });
    return Object.assign(adapter.groupEvent(event), { context });
  });
  return grouped as [GroupedEvent, ...GroupedEvent[]];
};

/** A client of the SDK that repeats many requests has no more repetitions to spend after some time. */
const ROUNDS_PER_CLIENT = 20;

describeWithFaults('a write whose answer is lost', testAdapter => {
  const { adapter, tableName, dynamoDbClient, proxy, faultyAdapter } = testAdapter;

  describe.each(ANSWER_LOST)('(%s)', fault => {
    it('is acknowledged once, as a push', async () => {
      const { faulty } = faultyAdapter(impatient());
      const event = caught(newAggregateId(), 1, { payload: { a: 1 } });
      proxy().choose = inTurn('PutItem', fault);

      await expect(faulty.pushEvent(event, context)).resolves.toStrictEqual({ event });

      expect(countOf(proxy(), 'PutItem')).toBeGreaterThanOrEqual(2);
      await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
    });

    it('is acknowledged once, as a group', async () => {
      const { faulty } = faultyAdapter(impatient());
      const aggregateId = newAggregateId();
      proxy().choose = inTurn('TransactWriteItems', fault);

      const { eventGroup } = await faulty.pushEventGroup({}, ...group(faulty, aggregateId));

      expect(countOf(proxy(), 'TransactWriteItems')).toBeGreaterThanOrEqual(2);
      const { events } = await adapter.getEvents(aggregateId, context);
      expect(events).toStrictEqual(eventGroup.map(({ event }) => event));
      expect(events).toHaveLength(3);
    });
  });

  it.each(['PutItem', 'TransactWriteItems'])(
    'is acknowledged once if its events are transformed (%s)',
    async operation => {
      const transformations = [sealed('inner'), sealed('outer', { key: 0x33, isLater: true })];
      const { client } = faultyAdapter(impatient());
      forgetRequestTokens(client);
      const options = { tableName, dynamoDbClient: client, transformations };
      const faulty = new DynamoDbSingleTableEventStorageAdapter(options);
      const event = caught(newAggregateId(), 1, { payload: { a: 1 } });
      proxy().choose = inTurn(operation, 'reset after');

      if (operation === 'PutItem') await expect(faulty.pushEvent(event, context)).resolves.toStrictEqual({ event });
      else await faulty.pushEventGroup({}, ...group(faulty, event.aggregateId, { a: 1 }));

      expect(countOf(proxy(), operation)).toBeGreaterThanOrEqual(2);
      const { events } = await faulty.getEvents(event.aggregateId, context);
      expect(events).toHaveLength(operation === 'PutItem' ? 1 : 3);
      expect(events[0]?.payload).toStrictEqual({ a: 1 });
    },
  );

  it('is one business action, as a command', async () => {
    const { faulty } = faultyAdapter(impatient());
    const store = accountStore('ACCOUNTS', faulty);
    const aggregateId = newAggregateId();
    proxy().choose = inTurn('PutItem', 'reset after');

    await depositCommand(store).handler({ aggregateId, action: 'one' }, [store]);

    const { aggregate } = await accountStore('ACCOUNTS', adapter).getExistingAggregate(aggregateId);
    expect(aggregate).toMatchObject({ balance: 1, version: 1 });
  });

  it('is one business action, as a command with a group', async () => {
    const { faulty } = faultyAdapter(impatient());
    const stores = [accountStore('ACCOUNTS', faulty), accountStore('OTHERS', faulty)] as const;
    const aggregateId = newAggregateId();
    proxy().choose = inTurn('TransactWriteItems', 'reset after');

    await depositTwiceCommand(stores).handler({ aggregateId, action: 'one' }, [...stores]);

    for (const eventStoreId of ['ACCOUNTS', 'OTHERS']) {
      const { aggregate } = await accountStore(eventStoreId, adapter).getExistingAggregate(aggregateId);
      expect(aggregate).toMatchObject({ balance: 1, version: 1 });
    }
  });

  it("is two business actions with Castore's own adapter", async () => {
    const { client } = faultyAdapter();
    const theirs = new DynamoDBSingleTableEventStorageAdapter({ tableName, dynamoDBClient: client });
    const store = accountStore('ACCOUNTS', theirs);
    const aggregateId = newAggregateId();
    proxy().choose = inTurn('PutItem', 'reset after');

    await depositCommand(store).handler({ aggregateId, action: 'one' }, [store]);

    const { aggregate } = await accountStore('ACCOUNTS', adapter).getExistingAggregate(aggregateId);
    expect(aggregate).toMatchObject({ balance: 2, version: 2 });
  });

  it('is no second transaction to either engine, as long as it has the same request token', async () => {
    const Item = { aggregateId: { S: newAggregateId() }, version: { N: '1' } };
    const put = { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(version)' };
    const transact = (ClientRequestToken: string) =>
      dynamoDbClient.send(new TransactWriteItemsCommand({ ClientRequestToken, TransactItems: [{ Put: put }] }));
    const token = randomUUID();

    await transact(token);
    await expect(transact(token)).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
    await expect(transact(randomUUID())).rejects.toMatchObject({ name: 'TransactionCanceledException' });
  });

  it('is acknowledged once, as a group whose request token DynamoDB has forgotten', async () => {
    const { faulty, client } = faultyAdapter();
    forgetRequestTokens(client);
    const aggregateId = newAggregateId();
    proxy().choose = inTurn('TransactWriteItems', 'reset after');

    const { eventGroup } = await faulty.pushEventGroup({}, ...group(faulty, aggregateId));

    expect(countOf(proxy(), 'TransactWriteItems')).toBe(2);
    const { events } = await adapter.getEvents(aggregateId, context);
    expect(events).toStrictEqual(eventGroup.map(({ event }) => event));
  });

  it('is acknowledged once, as an event with an item put alongside, whose request token DynamoDB has forgotten', async () => {
    const { faulty, client } = faultyAdapter();
    forgetRequestTokens(client);
    const event = caught(newAggregateId(), 1);
    const groupedEvent = Object.assign(faulty.groupEvent(event), { context });
    const Item = { aggregateId: { S: `#alongside#${event.aggregateId}` }, version: { N: '1' } };
    putAlongside(groupedEvent, async () => [
      { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(version)' },
    ]);
    proxy().choose = inTurn('TransactWriteItems', 'reset after');

    await expect(faulty.pushEventGroup({}, groupedEvent)).resolves.toStrictEqual({ eventGroup: [{ event }] });

    expect(countOf(proxy(), 'TransactWriteItems')).toBe(2);
    await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
  });

  it('is a true conflict if a different event is there already', async () => {
    const { faulty } = faultyAdapter();
    const winner = caught(newAggregateId(), 1, { payload: 'winner' });
    await adapter.pushEvent(winner, context);
    proxy().choose = inTurn('PutItem', 'reset after');

    const error = await rejection(faulty.pushEvent({ ...winner, payload: 'loser' }, context));

    expect(error).toBeInstanceOf(DynamoDbEventAlreadyExistsError);
    expect((error as DynamoDbEventAlreadyExistsError).winningEvent).toStrictEqual(winner);
    expect(countOf(proxy(), 'PutItem')).toBe(2);
  });

  it('is a true conflict for a group too, that names the event that lost', async () => {
    const { faulty } = faultyAdapter();
    const winner = caught(newAggregateId(), 2, { payload: 'winner' });
    await adapter.pushEvent(winner, context);
    proxy().choose = inTurn('TransactWriteItems', 'reset after');

    const error = await rejection(faulty.pushEventGroup({}, ...group(faulty, winner.aggregateId)));

    expect(error).toBeInstanceOf(DynamoDbEventAlreadyExistsError);
    expect(error).toMatchObject({ ...context, aggregateId: winner.aggregateId, version: 2 });
    expect((error as DynamoDbEventAlreadyExistsError).winningEvent).toStrictEqual(winner);
    await expect(adapter.getEvents(winner.aggregateId, context)).resolves.toStrictEqual({ events: [winner] });
  });

  it('is a true conflict if another writer came in between the attempts', async () => {
    const { faulty } = faultyAdapter(impatient());
    const winner = caught(newAggregateId(), 1, { payload: 'winner' });
    proxy().choose = inTurn('PutItem', 'no answer before');

    proxy().hold = beforeRepetition('PutItem', () => adapter.pushEvent(winner, context));

    const error = await rejection(faulty.pushEvent({ ...winner, payload: 'loser' }, context));

    expect((error as DynamoDbEventAlreadyExistsError).winningEvent).toStrictEqual(winner);
  });

  it('is stored once if the first attempt reaches DynamoDB after the second one', async () => {
    const { faulty } = faultyAdapter(impatient());
    const event = caught(newAggregateId(), 1);
    proxy().choose = inTurn('PutItem', 'late request');

    await faulty.pushEvent(event, context);
    const next = caught(event.aggregateId, 2);
    await faulty.pushEvent(next, context);

    await proxy().settled();
    await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event, next] });
  });

  it('knows its own group by one event, if another one was overwritten by force since', async () => {
    const { faulty } = faultyAdapter(impatient());
    const aggregateId = newAggregateId();
    const overwritten = caught(aggregateId, 1, { payload: 'by force' });
    proxy().choose = inTurn('TransactWriteItems', 'no answer after');
    proxy().hold = beforeRepetition('TransactWriteItems', () =>
      adapter.pushEvent(overwritten, { ...context, force: true }),
    );

    await expect(faulty.pushEventGroup({}, ...group(faulty, aggregateId))).resolves.toMatchObject({
      eventGroup: [{}, {}, {}],
    });
    await expect(adapter.getEvents(aggregateId, context, { maxVersion: 1 })).resolves.toStrictEqual({
      events: [overwritten],
    });
  });

  const twoWriters = (): Adapter[] => [faultyAdapter().faulty, faultyAdapter().faulty];

  it(
    'is acknowledged to one of two writers of equal events, never to both',
    async () => {
      let writers: Adapter[] = [];
      for (let round = 0; round < preset({ quick: 15, soak: 500 }); round++) {
        if (round % ROUNDS_PER_CLIENT === 0) writers = twoWriters();
        const event = caught(newAggregateId(), 1, { payload: 'equal', timestamp: '2026-01-01T00:00:00.000Z' });
        proxy().choose = inTurn('PutItem', 'reset after', round % 2 === 0 ? 'reset after' : undefined);

        const results = await Promise.allSettled(writers.map(writer => writer.pushEvent(event, context)));

        expect(results.map(({ status }) => status).toSorted()).toStrictEqual(['fulfilled', 'rejected']);
        const refusals = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));
        expect(refusals).toStrictEqual([expect.any(DynamoDbEventAlreadyExistsError)]);
        expect(refusals[0].winningEvent).toStrictEqual(event);
        await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
      }
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'is acknowledged to one of two writers of equal groups, never to both',
    async () => {
      let writers: Adapter[] = [];
      for (let round = 0; round < preset({ quick: 10, soak: 300 }); round++) {
        if (round % ROUNDS_PER_CLIENT === 0) writers = twoWriters();
        const aggregateId = newAggregateId();
        proxy().choose = inTurn('TransactWriteItems', 'reset after', round % 2 === 0 ? 'reset after' : undefined);

        const results = await Promise.allSettled(
          writers.map(writer => writer.pushEventGroup({}, ...group(writer, aggregateId, 'equal'))),
        );

        expect(results.map(({ status }) => status).toSorted()).toStrictEqual(['fulfilled', 'rejected']);
        const { events } = await adapter.getEvents(aggregateId, context);
        expect(events.map(({ version }) => version)).toStrictEqual([1, 2, 3]);
      }
    },
    PRESET_TIMEOUT_MS,
  );

  it('reaches onEventPushed once', async () => {
    const { faulty } = faultyAdapter();
    const pushed: unknown[] = [];
    const store = accountStore('ACCOUNTS', faulty);
    store.onEventPushed = async ({ event }) => void pushed.push(event);
    const aggregateId = newAggregateId();
    proxy().choose = inTurn('PutItem', 'reset after');

    const { event } = await store.pushEvent({
      aggregateId,
      version: 1,
      type: 'DEPOSITED',
      payload: { amount: 1, action: 'one' },
    });

    expect(pushed).toStrictEqual([event]);
  });
});
