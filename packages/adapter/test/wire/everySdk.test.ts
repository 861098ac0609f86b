import { deepStrictEqual } from 'node:assert/strict';

import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail, GroupedEvent } from '@castore/core';

import { caught, context, newAggregateId, rejection } from '../support.js';
import { describeOnEverySdk, describeOnTodaysSdk, renameMiddleware } from './sdkVersions.js';
import { describeWithTable, PAYLOAD, PAYLOAD_WITH_PROTO, useAdapter } from './tableOnSdk.js';

const TIMESTAMP = '2026-01-01T00:00:00.000Z';

/** How many requests go out from now on. */
const countRequests = ({ middlewareStack }: DynamoDBClient): (() => number) => {
  let requests = 0;
  middlewareStack.add(
    next => args => {
      requests++;
      return next(args);
    },
    { step: 'deserialize', priority: 'low' },
  );
  return () => requests;
};

describeOnEverySdk('the adapter', loaded => {
  describeWithTable('with a table', loaded, ({ tableName, createClient, createAdapter }) => {
    it('reads and writes, and takes the fast way for every page', async () => {
      loaded.scannedPages();
      await useAdapter(createAdapter(createClient()), PAYLOAD);
      expect(loaded.scannedPages()).toStrictEqual({ asked: 2, read: 2 });
    });

    it('keeps members named __proto__, of events and of those that won', async () => {
      await useAdapter(createAdapter(createClient()), PAYLOAD_WITH_PROTO);
    });

    it('keeps members named __proto__ of an event that won against one without', async () => {
      const client = createClient();
      const adapter = createAdapter(client);
      const winner = caught(newAggregateId(), 1, { payload: PAYLOAD_WITH_PROTO, timestamp: TIMESTAMP });
      await adapter.pushEvent(winner, context);
      const requests = countRequests(client);

      const conflict = await rejection(adapter.pushEvent({ ...winner, payload: PAYLOAD }, context));

      deepStrictEqual((conflict as { winningEvent: unknown }).winningEvent, winner);
      // If the SDK misreads the refusal, it is asked for once more.
      expect(requests()).toBeLessThanOrEqual(2);
    });

    it('so it does in a group', async () => {
      const client = createClient();
      const adapter = createAdapter(client);
      const winner = caught(newAggregateId(), 2, { payload: PAYLOAD_WITH_PROTO, timestamp: TIMESTAMP });
      await adapter.pushEvent(winner, context);
      const requests = countRequests(client);
      const group = [1, 2].map(version =>
        Object.assign(adapter.groupEvent({ ...winner, version, payload: PAYLOAD }), { context }),
      );

      const conflict = await rejection(adapter.pushEventGroup({}, ...(group as [GroupedEvent])));

      deepStrictEqual((conflict as { winningEvent: unknown }).winningEvent, winner);
      expect(requests()).toBeLessThanOrEqual(2);
    });

    it('asks once for any other event that won', async () => {
      const client = createClient();
      const adapter = createAdapter(client);
      const winner = caught(newAggregateId(), 1, { payload: PAYLOAD, timestamp: TIMESTAMP });
      await adapter.pushEvent(winner, context);
      const requests = countRequests(client);

      const conflict = await rejection(adapter.pushEvent({ ...winner, payload: 1 }, context));

      deepStrictEqual((conflict as { winningEvent: unknown }).winningEvent, winner);
      expect(requests()).toBe(1);
    });

    it('keeps members named __proto__ of what is put alongside', async () => {
      const adapter = createAdapter(createClient());
      const [aggregateId, alongside] = [newAggregateId(), newAggregateId()];
      const payload = { L: [{ M: JSON.parse('{"__proto__":{"S":"data"}}') as Record<string, AttributeValue> }] };
      const groupedEvent = Object.assign(adapter.groupEvent(caught(aggregateId, 1)), { context });
      const item = { aggregateId: { S: alongside }, version: { N: '1' }, payload };
      loaded.adapter.putAlongside(groupedEvent, async () => [{ TableName: tableName, Item: item }]);

      await adapter.pushEventGroup({}, groupedEvent);

      const { events } = await adapter.getEvents(alongside, context);
      expect(JSON.stringify(events[0]?.payload)).toBe('[{"__proto__":"data"}]');
    });

    it('leaves the client as it was', async () => {
      const client = createClient();
      const before = client.middlewareStack.identify();
      await useAdapter(createAdapter(client), PAYLOAD);
      await useAdapter(createAdapter(client), PAYLOAD_WITH_PROTO);
      expect(client.middlewareStack.identify()).toStrictEqual(before);
    });
  });
});

describeOnTodaysSdk('the adapter', loaded => {
  describeWithTable('with a table', loaded, ({ createClient, createAdapter }) => {
    // This SDK spares itself what its logger would have to be kept from.
    it.each([
      ['deserializerMiddleware', 'if not as fast', 0],
      ['loggerMiddleware', 'and as fast', 2],
    ])('serves on a client that has another name for its %s, %s', async (name, _, asked) => {
      const client = createClient();
      renameMiddleware(client, name);
      loaded.scannedPages();

      await useAdapter(createAdapter(client), PAYLOAD);

      expect(loaded.scannedPages().asked).toBe(asked);
    });

    it("takes the fast way in a minified bundle, too, which gives the SDK's silent logger another name", async () => {
      const client = createClient();
      const { constructor: SilentLogger } = client.config.logger as object;
      const name = Object.getOwnPropertyDescriptor(SilentLogger, 'name') as PropertyDescriptor;
      Object.defineProperty(SilentLogger, 'name', { ...name, value: 'a' });
      loaded.scannedPages();

      await useAdapter(createAdapter(client), PAYLOAD);

      Object.defineProperty(SilentLogger, 'name', name);
      expect(name.value).toBe('NoOpLogger');
      expect(loaded.scannedPages()).toStrictEqual({ asked: 2, read: 2 });
    });

    it('knows a conflict, on a client that has another name for its deserializer, with a member named __proto__', async () => {
      const adapter = createAdapter(createClient());
      const winner = caught(newAggregateId(), 1, { payload: PAYLOAD_WITH_PROTO, timestamp: TIMESTAMP });
      await adapter.pushEvent(winner, context);
      const client = createClient();
      renameMiddleware(client, 'deserializerMiddleware');

      const conflict = await rejection(createAdapter(client).pushEvent({ ...winner, payload: PAYLOAD }, context));

      expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError', version: 1 });
    });

    it('refuses to write, on a client that has another name for its deserializer, a member named __proto__', async () => {
      const client = createClient();
      renameMiddleware(client, 'deserializerMiddleware');
      const adapter = createAdapter(client);
      const aggregateId = newAggregateId();
      const [first, second] = [1, 2].map(version =>
        caught(aggregateId, version, { payload: PAYLOAD_WITH_PROTO, timestamp: TIMESTAMP }),
      ) as [EventDetail, EventDetail];
      const group = [first, second].map(event => Object.assign(adapter.groupEvent(event), { context }));

      for (const push of [
        adapter.pushEvent(first, context),
        adapter.pushEventGroup({}, ...(group as [GroupedEvent])),
      ]) {
        expect(await rejection(push)).toMatchObject({ code: 'UnsupportedSdkError' });
      }
      await expect(adapter.getEvents(aggregateId, context)).resolves.toStrictEqual({ events: [] });
    });
  });
});
