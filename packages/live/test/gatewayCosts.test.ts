import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { createStreamHandler, type StreamRecord } from '@castore-dynamodb/streams';
import { recordRequests } from '@castore-dynamodb/testing/recordRequests';

import { createFeedHandlers, type ManagementApi } from '../src/index.js';
import { describeGateway } from './support/describeGateway.js';
import { push } from './support/eventStores.js';

const event = (connectionId: string, eventType: string, message?: unknown) => ({
  requestContext: { connectionId, eventType },
  body: message === undefined ? undefined : JSON.stringify(message),
});

describeGateway('what a feed behind API Gateway costs', context => {
  const { engine, pokemons, tableNames, feedTableName } = context;
  let feeds = 0;

  const start = () => {
    const dynamoDbClient = engine.client();
    const requests = recordRequests(dynamoDbClient);
    const posts: string[] = [];
    const managementApi: ManagementApi = {
      postToConnection: async ({ ConnectionId, Data }) => void posts.push(`${ConnectionId} ${Data.toString()}`),
      deleteConnection: async () => {},
    };
    const { handler, projection } = createFeedHandlers({
      eventStores: [pokemons],
      tableName: feedTableName,
      dynamoDbClient,
      managementApi,
      authorize: () => ({}),
      name: `costs-${++feeds}`,
    });
    const streamHandler = createStreamHandler({ projections: [projection] });
    const subscribe = async (connectionId: string, filters: unknown): Promise<void> => {
      await handler(event(connectionId, 'CONNECT'));
      await handler(event(connectionId, 'MESSAGE', { type: 'subscribe', filters }));
    };
    const deliver = async (aggregateId: string): Promise<void> => {
      await push(context, aggregateId);
      expect(await streamHandler({ Records: [await recordOf(aggregateId)] })).toEqual({ batchItemFailures: [] });
    };
    /** What was asked for since; with units where the engines agree on them. One counts nothing for a Query without a result. */
    const costs = (): string[] =>
      requests
        .splice(0)
        .map(({ operation, units }) => `${operation}${/^(Transact|BatchGet)/.test(operation) ? '' : ` ${units || 1}`}`);
    return { handler, subscribe, deliver, posts, costs };
  };

  const recordOf = async (aggregateId: string): Promise<StreamRecord> => {
    const { pokemons: TableName } = tableNames;
    const Key = { aggregateId: { S: `POKEMONS#${aggregateId}` }, version: { N: '1' } };
    const { Item } = await engine.client().send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    return {
      eventName: 'INSERT',
      eventSourceARN: `arn:aws:dynamodb:us-east-1:123456789012:table/${TableName}/stream/2026-01-01T00:00:00.000`,
      dynamodb: { NewImage: Item, SequenceNumber: '1' },
    };
  };

  it('is a few units for a connection', async () => {
    const { handler, subscribe, costs } = start();
    await subscribe('the first', [{}]);
    costs();
    await handler(event('one', 'CONNECT'));
    expect(costs()).toEqual(['PutItem 1']);
    await handler(event('one', 'MESSAGE', { type: 'subscribe' }));
    expect(costs()).toEqual(['GetItem 1', 'GetItem 1', 'UpdateItem 1', 'PutItem 1', 'PutItem 1', 'GetItem 1']);
    await handler(event('one', 'MESSAGE', { type: 'ping' }));
    expect(costs()).toEqual(['GetItem 1', 'GetItem 1']);
    await handler(event('one', 'DISCONNECT'));
    expect(costs()).toEqual(['GetItem 1', 'BatchWriteItem 1', 'BatchWriteItem 1']);
  });

  it('is the same for a delivery, however many there are that an event is not for', async () => {
    const { subscribe, deliver, posts, costs } = start();
    await subscribe('by type', [{ type: 'POKEMON_CAUGHT' }]);
    await deliver('first');
    costs();
    await deliver('second');
    const delivery = [
      'BatchGetItem',
      'GetItem 1', // where the log ends
      'TransactWriteItems',
      'GetItem 1',
      'Query 1', // the log
      'Query 1', // interests
    ];
    const sorted = (names: string[]): string[] => names.toSorted();
    expect(sorted(costs())).toEqual(sorted([...delivery, 'Query 1', 'UpdateItem 1']));

    for (let other = 0; other < 60; other++) await subscribe(`other ${other}`, [{ aggregateId: `other ${other}` }]);
    for (let other = 0; other < 60; other++) await subscribe(`named ${other}`, [{ type: 'POKEMON_NAMED' }]);
    costs();
    posts.length = 0;
    await deliver('third');
    // One more, for those who name aggregates.
    expect(sorted(costs())).toEqual(sorted([...delivery, 'Query 1', 'Query 1', 'UpdateItem 1']));
    expect(posts).toHaveLength(1);

    for (let fan = 0; fan < 60; fan++) await subscribe(`fan ${fan}`, [{ aggregateId: { regexp: '^fourth' } }]);
    costs();
    posts.length = 0;
    await deliver('fourth');
    const units = costs().reduce((sum, name) => sum + (name.startsWith('Query') ? Number(name.split(' ')[1]) : 0), 0);
    expect(posts).toHaveLength(61);
    expect(units).toBeLessThanOrEqual(8);
  });
});
