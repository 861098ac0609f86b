import { PutItemCommand } from '@aws-sdk/client-dynamodb';

import { caught, context, describeOnEveryAdapter, newAggregateId } from '../support.js';

const nested = (levels: number, leaf: unknown, wrap: (inner: unknown) => unknown): unknown =>
  levels === 0 ? leaf : wrap(nested(levels - 1, leaf, wrap));

const inObjects = (levels: number, leaf: unknown): unknown => nested(levels, leaf, inner => ({ n: inner }));
const inArrays = (levels: number, leaf: unknown): unknown => nested(levels, leaf, inner => [inner]);

describeOnEveryAdapter('what DynamoDB takes', ({ engine, layout, adapter, dynamoDbClient, tableName, requests }) => {
  it.each<[string, unknown]>([
    ['an empty string', ''],
    ['no bytes', new Uint8Array()],
    ['an empty string in a Set', new Set(['', 'a'])],
    ['nothing but an empty string in a Set', new Set([''])],
    ['no bytes in a Set', new Set([new Uint8Array(), Uint8Array.of(1)])],
    ['a string, 31 objects deep', inObjects(31, 'leaf')],
    ['a number, 31 arrays deep', inArrays(31, 1)],
    ['a Set, 31 objects deep', inObjects(31, new Set(['leaf']))],
    ['an empty object as the 31st level', inObjects(30, {})],
    ['an empty array as the 31st level', inArrays(30, [])],
    ['a key of 10,000 characters', { ['k'.repeat(10_000)]: 1 }],
  ])('the adapter takes: %s', async (_, payload) => {
    const event = caught(newAggregateId(), 1, { payload });
    await adapter.pushEvent(event, context);
    await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
  });

  it.each<[string, unknown]>([
    ['a string, 32 objects deep', inObjects(32, 'leaf')],
    ['null, 32 arrays deep', inArrays(32, null)],
    ['an empty object as the 33rd level', inObjects(32, {})],
    ['33 levels of objects', inObjects(33, 'leaf')],
    ['an empty key', { '': 1 }],
    ['a key of 64 KB', { ['k'.repeat(2 ** 16)]: 1 }],
  ])('the adapter refuses before a request: %s', async (_, payload) => {
    const pushing = adapter.pushEvent(caught(newAggregateId(), 1, { payload }), context);
    await expect(pushing).rejects.toMatchObject({ code: 'UnstorableValueError' });
    expect(requests).toHaveLength(0);
  });

  /*
   * An object or array as the 32nd level: DynamoDB Local counts the level that it could hold, Dynoxide those that are
   * there. DynamoDB's documentation does not say, so it is left to decide.
   */
  it('the engine decides on an empty object as the 32nd level', async () => {
    const event = caught(newAggregateId(), 1, { payload: inObjects(31, {}) });
    const pushing = adapter.pushEvent(event, context);

    if (engine.name === 'DynamoDB Local') {
      await expect(pushing).rejects.toMatchObject({ name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
      await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [] });
    } else {
      await pushing;
      await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
    }
  });

  /*
   * "Attribute names must be at least one character long" (DynamoDB's naming rules). DynamoDB Local holds keys within
   * a map to that too, Dynoxide does not; an event that might not be stored elsewhere is refused everywhere.
   */
  it('an empty key is taken by one engine only, and read from there', async () => {
    const aggregateId = newAggregateId();
    const partitionKey = layout === 'single-table' ? `${context.eventStoreId}#${aggregateId}` : aggregateId;
    const writing = dynamoDbClient.send(
      new PutItemCommand({
        TableName: tableName,
        Item: { aggregateId: { S: partitionKey }, version: { N: '1' }, payload: { M: { '': { S: 'x' } } } },
      }),
    );

    if (engine.name === 'DynamoDB Local') {
      await expect(writing).rejects.toMatchObject({ name: 'ValidationException' });
    } else {
      await writing;
      await expect(adapter.getEvents(aggregateId, context)).resolves.toStrictEqual({
        events: [{ aggregateId, version: 1, payload: { '': 'x' } }],
      });
    }
  });
});
