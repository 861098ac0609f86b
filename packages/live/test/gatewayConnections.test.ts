import { once } from 'node:events';

import { DeleteItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { eventually } from '@castore-dynamodb/testing/eventually';
import { WebSocket } from 'ws';

import { PROTOCOL } from '../src/index.js';
import { describeGateway, type RunningGateway } from './support/describeGateway.js';
import { push } from './support/eventStores.js';

/** A client of the protocol, by hand. */
const open = async (url: string, headers: Record<string, string> = {}) => {
  const webSocket = new WebSocket(url, PROTOCOL, { headers });
  const messages: { type: string; [member: string]: unknown }[] = [];
  webSocket.on('message', data => messages.push(JSON.parse((data as Buffer).toString())));
  webSocket.on('error', () => {});
  const status = await new Promise<number>(resolve => {
    webSocket.on('open', () => resolve(101));
    webSocket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
  });
  const send = (message: unknown): void =>
    webSocket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return { webSocket, messages, status, send };
};

describeGateway('connections of a feed behind API Gateway', context => {
  const { dynamoDbClient, feedTableName, startGateway, follow } = context;

  /** What the table has of connections, of all feeds. */
  const listed = async (): Promise<string[]> => {
    const { Items = [] } = await dynamoDbClient.send(
      new ScanCommand({ TableName: feedTableName, ConsistentRead: true }),
    );
    return Items.map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).filter(key => / (connection|to#.*)$/.test(key));
  };
  const live = async (gateway: RunningGateway) => {
    const follower = follow({ url: gateway.standIn.url });
    await eventually(() => expect(follower.subscription.state).toBe('live'));
    return follower;
  };

  it('are refused without authorize, by false, by what it throws, and to pages of other origins', async () => {
    const { standIn, another, errors } = await startGateway();
    const statusWith = async (options: Parameters<typeof another>[0], headers?: Record<string, string>) => {
      standIn.handlers = another(options).feed;
      const { webSocket, status } = await open(standIn.url, headers);
      webSocket.terminate();
      return status;
    };
    expect(await statusWith({ authorize: undefined })).toBe(401);
    expect(await statusWith({ authorize: () => Promise.resolve(false as const) })).toBe(401);
    expect(await statusWith({ authorize: () => Promise.reject(new Error('secret')) })).toBe(403);
    expect(await statusWith({ authorize: () => ({ tpyes: ['A'] }) as never })).toBe(403);
    expect(errors).toHaveLength(2);
    const origin = 'https://app.example.com';
    expect(await statusWith({}, { origin })).toBe(403);
    expect(await statusWith({ origins: [origin] }, { origin })).toBe(101);
    expect(await statusWith({}, { origin: 'https://api.example.com' })).toBe(101);
  });

  it('are decided by the request, whose protocol is agreed upon', async () => {
    const { standIn } = await startGateway({
      authorize: ({ queryStringParameters }) => (queryStringParameters?.['token'] === 'pikachu' ? {} : false),
    });
    expect((await open(standIn.url)).status).toBe(401);
    const { webSocket, status } = await open(`${standIn.url}?token=pikachu`);
    expect([status, webSocket.protocol]).toEqual([101, PROTOCOL]);
  });

  it('leave nothing in the table when they end', async () => {
    const gateway = await startGateway();
    const { subscription } = await live(gateway);
    await eventually(async () => expect(await listed()).toHaveLength(2));
    subscription.close();
    await eventually(async () => expect(await listed()).toEqual([]));
  });

  it('that are gone are removed, and hold up nobody', async () => {
    const gateway = await startGateway();
    const { standIn } = gateway;
    const { events } = await live(gateway);
    const gone = await open(standIn.url);
    const goneId = standIn.connectionIds.at(-1);
    gone.send({ type: 'subscribe' });
    await eventually(() => expect(gone.messages.map(({ type }) => type)).toEqual(['subscribed']));
    standIn.choose = (_, connectionId) => (connectionId === goneId ? 'gone' : undefined);
    await gateway.follow();
    await push(context, 'with one that is gone');
    await eventually(() => expect(events).toHaveLength(1));
    await eventually(async () => expect((await listed()).filter(key => key.includes(goneId as string))).toEqual([]));
    expect(gateway.errors).toEqual([]);
  });

  it('that are throttled for good are closed, hold up nobody, and get what they missed when they come back', async () => {
    const gateway = await startGateway();
    const { standIn } = gateway;
    const mapping = await gateway.follow();
    const throttled = await live(gateway);
    const [throttledId] = standIn.connectionIds;
    standIn.choose = (method, id) => (method === 'POST' && id === throttledId ? 'throttled' : undefined);
    const other = await live(gateway);
    await push(context, 'throttled');
    await push(context, 'throttled', 2);
    await eventually(() => expect(other.events).toHaveLength(2));
    await eventually(() => expect(throttled.events.map(({ event }) => event.version)).toEqual([1, 2]));
    expect(throttled.states).toContain('reconnecting');
    expect(gateway.errors.map(error => (error as Error).name)).toEqual(['LimitExceededException']);
    expect(mapping.errors).toEqual([]);
  });

  it('without permission to send, the batch fails and is told, and nobody is removed', async () => {
    const gateway = await startGateway();
    const { standIn, errors } = gateway;
    const { events } = await live(gateway);
    standIn.choose = () => 'forbidden';
    await gateway.follow();
    await push(context, 'forbidden');
    await eventually(() => expect(errors.map(error => (error as Error).name)).toContain('ForbiddenException'));
    standIn.choose = () => undefined;
    await eventually(() => expect(events).toHaveLength(1));
  });

  it('are ended with what is wrong, which the client throws', async () => {
    const { standIn } = await startGateway();
    const messageFor = async (options: object): Promise<unknown> => {
      const error = await follow({ url: standIn.url, ...options }).ended;
      return (error as Error).message;
    };
    expect(await messageFor({ filters: [{ typ: 'A' }] })).toMatch(
      /^Invalid filters\[0\]: there is no such key as "typ"/,
    );
    expect(await messageFor({ filters: [{ type: 'x'.repeat(5_000) }] })).toBe(
      'Invalid filters: they have more than 4096 characters.',
    );
    expect(await messageFor({ after: 'nonsense' })).toBe('`after` is not a position of an event feed.');
    expect(await messageFor({ after: 'g1.abcdefgh.1.0' })).toMatch(
      /^The position is from another feed, or from before/,
    );
  });

  it('are ended with a reason for what is no subscription, and for a second one', async () => {
    const { standIn } = await startGateway();
    const reasonFor = async (...sent: unknown[]): Promise<unknown> => {
      const { webSocket, messages, send } = await open(standIn.url);
      const closed = once(webSocket, 'close');
      for (const message of sent) send(message);
      await closed;
      return messages.find(({ type }) => type === 'end')?.['reason'];
    };
    const subscription = { type: 'subscribe' };
    for (const message of [
      '',
      'null',
      '[]',
      '{"type":"ping"}',
      { type: '__proto__' },
      { ...subscription, filters: {} },
    ]) {
      expect(await reasonFor(message)).toBe('InvalidSubscription');
    }
    expect(await reasonFor({ ...subscription, filters: [{ aggregateId: { regexp: '(a)\\1' } }] })).toBe(
      'InvalidSubscription',
    );
    expect(await reasonFor({ ...subscription, filters: [{ type: 'x'.repeat(5_000) }] })).toBe('InvalidSubscription');
    expect(await reasonFor(subscription, subscription)).toBe('InvalidSubscription');
    for (const after of ['', 'x', 7, {}, '1.abcdefgh.1.1.1.', `g1.abcdefgh.${'z'.repeat(40)}.1`]) {
      expect(await reasonFor({ ...subscription, after })).toBe('InvalidPosition');
    }
    expect(await reasonFor({ ...subscription, after: 'g1.abcdefgh.1.0' })).toBe('PositionExpired');
  });

  it('are told a position when they ask for a sign of life, from which they miss nothing', async () => {
    const gateway = await startGateway();
    const { standIn } = gateway;
    await gateway.follow();
    const { messages, send } = await open(standIn.url);
    send({ type: 'subscribe', filters: [{ aggregateId: 'nobody' }] });
    await eventually(() => expect(messages).toHaveLength(1));
    expect(messages[0]).toMatchObject({ type: 'subscribed', pingMs: 240_000 });
    await push(context, 'before the ping');
    const { events } = await live(gateway);
    await push(context, 'before the ping', 2);
    await eventually(() => expect(events.at(-1)?.event.version).toBe(2));
    await eventually(async () => {
      const { length } = messages;
      send({ type: 'ping' });
      await eventually(() => expect(messages.length).toBeGreaterThan(length));
      expect(messages.at(-1)?.['position']).not.toBe(messages[0]?.['position']);
    });
    const position = messages.at(-1)?.['position'] as string;
    await push(context, 'after the ping');
    const late = follow({ url: standIn.url, after: position });
    await eventually(() => expect(late.events.map(({ event }) => event.aggregateId)).toContain('after the ping'));
  });

  it('are ended when they ask, if they were removed without their noticing', async () => {
    const { standIn } = await startGateway();
    const { webSocket, messages, send } = await open(standIn.url);
    send({ type: 'subscribe' });
    await eventually(() => expect(messages).toHaveLength(1));
    const pk = (await listed()).find(key => key.endsWith(' connection'))?.split(' ')[0] as string;
    const Key = { pk: { S: pk }, sk: { S: 'connection' } };
    await dynamoDbClient.send(new DeleteItemCommand({ TableName: feedTableName, Key }));
    const closed = once(webSocket, 'close');
    send({ type: 'ping' });
    await closed;
    expect(messages.at(-1)).toEqual({ type: 'end', reason: 'Restart' });
  });

  it('are refused a position whose events are gone from the log', async () => {
    const gateway = await startGateway();
    await gateway.follow();
    const { events, subscription } = await live(gateway);
    for (const version of [1, 2, 3]) {
      await push(context, 'expired', version);
      await eventually(() => expect(events).toHaveLength(version));
    }
    subscription.close();
    const { Items = [] } = await dynamoDbClient.send(
      new QueryCommand({
        TableName: feedTableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `${gateway.feed.projection.name}#log` } },
      }),
    );
    expect(Number(Items[1]?.['expiresAt']?.N)).toBeGreaterThan(Date.now() / 1_000 + 23 * 3_600);
    const { pk, sk } = Items[1] as Record<'pk' | 'sk', { S: string }>;
    await dynamoDbClient.send(new DeleteItemCommand({ TableName: feedTableName, Key: { pk, sk } }));
    const late = follow({ url: gateway.standIn.url, after: events[0]?.position });
    await expect(late.ended).resolves.toMatchObject({ code: 'PositionExpiredError' });
    const inTime = follow({ url: gateway.standIn.url, after: events[1]?.position });
    await eventually(() => expect(inTime.events.map(({ event }) => event.version)).toEqual([3]));
  });
});
