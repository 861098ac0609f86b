import type { EventDetail, GroupedEvent } from '@castore/core';

import { caught, context, newAggregateId, rejection } from '../support.js';
import { describeOnTodaysSdk, renameMiddleware } from './sdkVersions.js';
import { describeWithTable, PAYLOAD, PAYLOAD_WITH_PROTO, useAdapter } from './tableOnSdk.js';

describeOnTodaysSdk('the adapter', loaded => {
  describeWithTable('with a table', loaded, ({ createClient, createAdapter }) => {
    it.each(['deserializerMiddleware', 'loggerMiddleware'])(
      'serves on a client that has another name for its %s, if not as fast',
      async name => {
        const client = createClient();
        renameMiddleware(client, name);
        loaded.scannedPages();

        await useAdapter(createAdapter(client), PAYLOAD);

        expect(loaded.scannedPages().asked).toBe(0);
      },
    );

    it('then refuses to write a member named __proto__, which the SDK might leave out', async () => {
      const client = createClient();
      renameMiddleware(client, 'deserializerMiddleware');
      const adapter = createAdapter(client);
      const aggregateId = newAggregateId();
      const [first, second] = [1, 2].map(version =>
        caught(aggregateId, version, { payload: PAYLOAD_WITH_PROTO, timestamp: '2026-01-01T00:00:00.000Z' }),
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
