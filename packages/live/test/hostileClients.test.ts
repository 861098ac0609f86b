import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { eventually } from '@castore-dynamodb/testing/eventually';
import { WebSocket } from 'ws';

import { LOG_LIMITS } from '../src/feed/eventLog.js';
import { parsePosition } from '../src/protocol/position.js';
import { TIMES } from '../src/times.js';
import { describeFeedOnSomeEngine } from './support/describeFeed.js';
import { push } from './support/eventStores.js';

/** Sends messages and resolves with the code and the reason of the close that follows. */
const closedAfter = async (url: string, ...messages: (string | Buffer)[]): Promise<[number, string]> => {
  const webSocket = new WebSocket(url);
  webSocket.on('error', () => {});
  await once(webSocket, 'open');
  for (const message of messages) webSocket.send(message);
  const [code, reason] = (await once(webSocket, 'close')) as [number, Buffer];
  return [code, String(reason)];
};

const subscribeMessage = (more: object = {}): string => JSON.stringify({ type: 'subscribe', filters: [{}], ...more });

/** How many entries of a feed's log lie before a position. When a position was made, which it says as well, moves on anyway. */
const entriesBefore = (position = ''): number => parsePosition(position)?.index ?? 0;

describeFeedOnSomeEngine('a live feed with hostile clients', context => {
  const { pokemons, startFeed, follow } = context;
  const shortened = { ...TIMES };
  const { maxSize } = LOG_LIMITS;
  afterEach(() => {
    Object.assign(TIMES, shortened);
    LOG_LIMITS.maxSize = maxSize;
  });

  it.each<[string, (string | Buffer)[]]>([
    ['what is no JSON', ['{']],
    ['null', ['null']],
    ['another message', ['{"type":"publish"}']],
    ['bytes', [Buffer.from(subscribeMessage())]],
    ['bad filters', [subscribeMessage({ filters: [{ type: { regexp: '(' } }] })]],
    ['a flood of subscriptions', Array.from({ length: 1_000 }, () => subscribeMessage())],
  ])('ends a connection that sends %s', async (_, messages) => {
    const { url } = await startFeed();
    expect(await closedAfter(url, ...messages)).toEqual([4400, 'InvalidSubscription']);
  });

  it('refuses what is nested deeply, and goes on', async () => {
    const { url, feed, errors } = await startFeed();
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(await closedAfter(url, `{"type":"subscribe","filters":${nested(25_000)}}`)).toEqual([
      4400,
      'InvalidSubscription',
    ]);
    const eventStream = await fetch(`${url}?filters=${nested(7_000)}`, { headers: { accept: 'text/event-stream' } });
    expect(eventStream.status).toBe(400);
    expect(errors).toEqual([]);
    await feed.stop();
  });

  it('stops though a client has left while it was still being admitted', async () => {
    let admitted = 0;
    const authorize = async () => {
      await sleep(100);
      admitted++;
      return {};
    };
    const { url, feed } = await startFeed({ authorize });
    const leaving = new AbortController();
    const left = fetch(url, { headers: { accept: 'text/event-stream' }, signal: leaving.signal }).catch(() => {});
    await sleep(50);
    leaving.abort();
    await left;
    await eventually(() => expect(admitted).toBe(1));
    await feed.stop();
  });

  it('ends a connection whose message is too long', async () => {
    const { url } = await startFeed();
    expect((await closedAfter(url, 'x'.repeat(64 * 1024 + 1)))[0]).toBe(1009);
  });

  it('ends a connection that never subscribes', async () => {
    TIMES.subscribe = 50;
    const { url } = await startFeed();
    expect(await closedAfter(url)).toEqual([4400, 'InvalidSubscription']);
  });

  it('tells apart positions that are none, and that are too old', async () => {
    const { url } = await startFeed();
    const { subscription } = follow({ url });
    await eventually(() => expect(subscription.state).toBe('live'));
    const [, feedId, since, , , shards] = (subscription.position as string).split('.');
    const dayBefore = (Date.now() - 24 * 60 * 60 * 1000).toString(36);
    const old = `1.${feedId}.${since}..${dayBefore}.${shards}`;
    const elsewhere = `1.${feedId}.${since}..${Date.now().toString(36)}.AAAAAAAAAAAA011`;
    expect(await closedAfter(url, subscribeMessage({ after: 'nonsense' }))).toEqual([4406, 'InvalidPosition']);
    expect(await closedAfter(url, subscribeMessage({ after: 17 }))).toEqual([4406, 'InvalidPosition']);
    expect(await closedAfter(url, subscribeMessage({ after: old }))).toEqual([4410, 'PositionExpired']);
    expect(await closedAfter(url, subscribeMessage({ after: elsewhere }))).toEqual([4410, 'PositionExpired']);
    const status = async (after: string): Promise<number> => {
      const answer = await fetch(`${url}?after=${after}`, { headers: { accept: 'text/event-stream' } });
      await answer.body?.cancel();
      return answer.status;
    };
    expect([await status('nonsense'), await status(old)]).toEqual([400, 410]);
    for (const after of ['nonsense', old]) {
      const { ended } = follow({ url, after });
      const code = after === old ? 'PositionExpiredError' : 'InvalidSubscriptionError';
      expect(await ended).toMatchObject({ code });
    }
  });

  it('does not let a forged position keep others from catching up', async () => {
    const { url, feed } = await startFeed();
    const { subscription, events } = follow({ url });
    await eventually(() => expect(subscription.state).toBe('live'));
    await push(context, 'forged-1');
    await eventually(() => expect(events).toHaveLength(1));
    const position = events[0]?.position as string;
    subscription.close();
    await feed.stop();
    await push(context, 'forged-2');

    const other = await startFeed();
    const forgeries = ['0p', '0u', '014', '112'].map((_, index) =>
      position.replace(
        /([\w-]{12})[0-9a-z]{3,}$/,
        `$1${['15zzzzzzzzzzzzzz', '0k1y2p0ij32e8e8', '0a2gosa7pa2gv', '019'][index]}`,
      ),
    );
    const attackers = forgeries.map(after => follow({ url: other.url, after }));
    const honest = follow({ url: other.url, after: position });
    await eventually(() => expect(honest.events.map(({ event }) => event.aggregateId)).toEqual(['forged-2']));
    await push(context, 'forged-3');
    await eventually(() => expect(honest.events).toHaveLength(2));
    for (const { subscription: attacker } of attackers) attacker.close();
  });

  it('lets a client that does not read hold up nobody and no memory, and lets it go on later', async () => {
    LOG_LIMITS.maxSize = 400_000;
    TIMES.stall = 1_000;
    TIMES.leave = 100;
    const { url, port, httpServer } = await startFeed();
    const reader = follow({ url });
    await eventually(() => expect(reader.subscription.state).toBe('live'));
    const { position } = reader.subscription;

    const slow = connect(port, '127.0.0.1');
    slow.on('error', () => {});
    let isClosed = false;
    slow.on('close', () => (isClosed = true));
    slow.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`);
    await once(slow, 'data');
    slow.pause();

    // Far more than the network's own buffers hold.
    const payload = { text: 'x'.repeat(200_000) };
    const pushes = 60;
    for (let version = 1; version <= pushes; version += 10) {
      await Promise.all(
        Array.from({ length: 10 }, (_, index) => push(context, `large-${version + index}`, 1, payload)),
      );
    }
    await eventually(() => expect(reader.events).toHaveLength(pushes));
    const connections = (): Promise<number> =>
      new Promise(resolve => httpServer.getConnections((_, count) => resolve(count)));
    // The server has let go of it before it reads on.
    await eventually(async () => expect(await connections()).toBe(1));
    slow.resume();
    await eventually(() => expect(isClosed).toBe(true));

    // It was dropped, the log has nothing of what it missed, and the stream still has.
    const back = follow({ url, after: position });
    await eventually(() => expect(back.events).toHaveLength(pushes));
    expect(new Set(back.events.map(({ event }) => event.aggregateId)).size).toBe(pushes);
  }, 60_000);

  it('ends a connection that answers no ping', async () => {
    TIMES.heartbeat = 100;
    const { url } = await startFeed();
    const webSocket = new WebSocket(url, { autoPong: false });
    webSocket.on('error', () => {});
    await once(webSocket, 'open');
    webSocket.send(subscribeMessage());
    await once(webSocket, 'close');

    // One that does answer has more time than a busy machine needs.
    TIMES.heartbeat = 1_000;
    const { subscription } = follow({ url });
    await eventually(() => expect(subscription.state).toBe('live'));
    await sleep(2_500);
    expect(subscription.state).toBe('live');
  });

  it('gives signs of life, and a position that moves on, to those for whom nothing happens', async () => {
    TIMES.heartbeat = 100;
    const { url } = await startFeed();
    const { subscription } = follow({ url, filters: [] });
    await eventually(() => expect(subscription.state).toBe('live'));
    const { position } = subscription;
    await push(context, 'unseen');
    await eventually(() => expect(entriesBefore(subscription.position)).toBeGreaterThan(entriesBefore(position)));
    const { events } = follow({ url, after: subscription.position });
    await pokemons.pushEvent({ aggregateId: 'unseen', version: 2, type: 'POKEMON_NAMED', payload: { name: 'x' } });
    await eventually(() => expect(events.map(({ event }) => event.version)).toEqual([2]));
  });

  it('stops with a code that says to come back, whatever clients do', async () => {
    TIMES.leave = 200;
    const { url, port, feed } = await startFeed();
    const webSocket = new WebSocket(url);
    await once(webSocket, 'open');
    webSocket.send(subscribeMessage());
    const silent = connect(port, '127.0.0.1');
    silent.on('error', () => {});
    silent.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`);
    await once(silent, 'data');
    silent.pause();
    const eventStream = await fetch(url, { headers: { accept: 'text/event-stream' } });
    const closed = once(webSocket, 'close');
    await feed.stop();
    expect((await closed)[0]).toBe(1012);
    expect(await eventStream.text()).toContain('event: end\ndata: {"reason":"Restart"}');
  });
});
