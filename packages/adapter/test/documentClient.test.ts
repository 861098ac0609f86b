import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';

import { caught, context, createAdapter, describeOnEveryAdapter, newAggregateId } from './support.js';

describeOnEveryAdapter('a DynamoDBDocumentClient', ({ engine, layout, tableName, adapter }) => {
  const plain = engine.client();
  const clients = {
    'the document client': DynamoDBDocumentClient.from(plain, { marshallOptions: { convertEmptyValues: true } }),
    // The two share one configuration and one stack of middlewares.
    'the client that it was made from': plain,
  };

  it.each(Object.entries(clients))('serves an adapter as any client does: %s', async (_, client) => {
    const theirs = createAdapter(layout, tableName, client);
    const payload = {
      empty: '',
      bytes: new Uint8Array([1]),
      set: new Set(['a']),
      big: 2n ** 60n,
      nested: { list: [null] },
    };
    const event = caught(newAggregateId(), 1, { payload });
    await theirs.pushEvent(event, context);
    await expect(theirs.pushEvent(event, context)).rejects.toMatchObject({ winningEvent: event });
    await theirs.pushEventGroup(
      {},
      ...([2, 3].map(version =>
        Object.assign(theirs.groupEvent({ aggregateId: event.aggregateId, version, type: 'T' }), { context }),
      ) as Parameters<typeof theirs.pushEventGroup> extends [unknown, ...infer EVENTS] ? EVENTS : never),
    );
    const { events } = await theirs.getEvents(event.aggregateId, context);
    expect(events[0]).toStrictEqual(event);
    await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events });
    const { aggregateIds } = await theirs.listAggregateIds(context);
    expect(aggregateIds.map(({ aggregateId }) => aggregateId)).toContain(event.aggregateId);
  });

  it('goes on serving its own commands', async () => {
    const event = caught(newAggregateId(), 1, { payload: { level: 42 } });
    await adapter.pushEvent(event, context);
    const aggregateId = layout === 'single-table' ? `POKEMONS#${event.aggregateId}` : event.aggregateId;
    const { Item } = await clients['the document client'].send(
      new GetCommand({ TableName: tableName, Key: { aggregateId, version: 1 } }),
    );
    expect(Item).toMatchObject({ type: event.type, payload: { level: 42 } });
  });
});
