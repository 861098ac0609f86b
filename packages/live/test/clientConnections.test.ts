import { eventually } from '@castore-dynamodb/testing/eventually';

import { type LiveError, type LiveState, type SubscribeOptions, subscribe } from '../src/client/index.js';
import { type ScriptedConnection, startScriptedFeed } from './support/scriptedFeed.js';
import { describeTransports } from './support/transports.js';

/** All waits are of fractions of a millisecond then, and no others are. */
const RANDOM = 0.0613;

/** What a subscription reports, until the test closes it. */
const listen = (options: SubscribeOptions) => {
  const [states, errors, versions]: [LiveState[], unknown[], number[]] = [[], [], []];
  const onState = (state: LiveState): void => void states.push(state);
  const subscription = subscribe({ onState, onError: error => errors.push(error), ...options });
  const ended = (async () => {
    try {
      for await (const { event } of subscription) versions.push(event.version);
      return undefined;
    } catch (error) {
      return error as LiveError;
    }
  })();
  return { subscription, states, errors, versions, ended, [Symbol.dispose]: () => subscription.close() };
};

describe('The client', () => {
  /** How long it has waited before its next connections, in milliseconds. */
  const delays: number[] = [];
  beforeEach(() => {
    delays.length = 0;
    jest.spyOn(Math, 'random').mockReturnValue(RANDOM);
    const { setTimeout: later } = globalThis;
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, delay: number, ...args: []) => {
      if (delay % 1 > 0) delays.push(delay);
      return later(work, delay, ...args);
    }) as typeof setTimeout);
  });
  afterEach(() => jest.restoreAllMocks());
  const failed = expect.objectContaining({ code: 'ConnectionFailedError' });
  const waits = Array.from({ length: 4 }, (_, failures) => RANDOM * (250 * 2 ** failures));

  describeTransports(() => {
    it.each<[string, (connection: ScriptedConnection) => void]>([
      ['ends every connection', connection => connection.end()],
      ['sends what is no JSON', connection => connection.raw('{')],
      ['sends null', connection => connection.raw('null')],
      ['sends an event without a position', connection => connection.event(1, '')],
      ['sends an error of API Gateway’s', connection => connection.raw('{"message":"Internal server error"}')],
    ])('backs off from a server that takes it and %s, and says so', async (_, misbehave) => {
      await using feed = await startScriptedFeed(connection => {
        connection.subscribed();
        misbehave(connection);
      });
      using client = listen({ url: feed.url });
      await eventually(() => expect(delays.length).toBeGreaterThanOrEqual(4));
      expect(delays.slice(0, 4)).toEqual(waits);
      expect(client.errors.slice(0, 4)).toEqual([failed, failed, failed, failed]);
      expect(Object.keys(client.errors[0] as object)).toEqual(['code', 'name']);
      expect(client.states.slice(0, 4)).toEqual(['connecting', 'live', 'reconnecting', 'live']);
    });

    it('begins with short waits again when an event has come', async () => {
      await using feed = await startScriptedFeed((connection, number) => {
        connection.subscribed();
        // The second connection brings nothing new, the third one does.
        connection.event(Math.ceil(number / 2));
        connection.end();
      });
      using client = listen({ url: feed.url });
      await eventually(() => expect(delays.length).toBeGreaterThanOrEqual(3));
      expect(delays.slice(0, 3)).toEqual([waits[0], waits[1], waits[0]]);
      expect(client.versions).toEqual([1, 2]);
    });

    it('loses no event of a message that it cannot read to the end', async () => {
      const afters: unknown[] = [];
      await using feed = await startScriptedFeed((connection, number) => {
        afters.push(connection.after);
        connection.subscribed(connection.after);
        if (number === 1) connection.event(1);
        if (number === 1) connection.event(2, '');
        else connection.event(2);
      });
      using client = listen({ url: feed.url });
      await eventually(() => expect(client.versions).toEqual([1, 2]));
      expect(afters).toEqual([undefined, 'p1']);
    });

    it('asks a function for the URL each time, and tells what it throws', async () => {
      const noToken = new RangeError('no token');
      await using feed = await startScriptedFeed(connection => {
        connection.subscribed();
        connection.event(1);
      });
      let asked = 0;
      const url = async (): Promise<string> => {
        if (++asked < 3) throw noToken;
        return feed.url;
      };
      using client = listen({ url });
      await eventually(() => expect(client.versions).toEqual([1]));
      expect(client.errors).toEqual([noToken, noToken]);
      expect(client.states).toEqual(['connecting', 'live']);
    });

    it('warns at the second failure in a row if nobody listens, without the URL', async () => {
      const emitted = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
      using client = listen({ url: 'http://127.0.0.1:9/events?token=secret', onError: undefined });
      await eventually(() => expect(delays.length).toBeGreaterThan(3));
      expect(client.states).toEqual(['connecting']);
      expect(emitted).toHaveBeenCalledTimes(1);
      expect(String(emitted.mock.calls[0]?.[0])).toContain('A live subscription cannot connect, and keeps trying: ');
      expect(String(emitted.mock.calls[0]?.[0])).not.toContain('secret');
    });

    it.each([404, 405, 400, 200, 431])('ends if something else answers with %d', async status => {
      await using feed = await startScriptedFeed(connection =>
        connection.answer(status, 'text/html', '<!doctype html>'),
      );
      using client = listen({ url: feed.url });
      expect(await client.ended).toMatchObject({
        code: 'FeedNotFoundError',
        message: expect.stringContaining(`${status}`),
      });
      expect(client.states).toEqual(['connecting', 'closed']);
    });

    it.each([401, 403])('ends if it is refused with %d', async status => {
      await using feed = await startScriptedFeed(connection => connection.answer(status, 'text/plain', ''));
      using client = listen({ url: feed.url });
      expect(await client.ended).toMatchObject({ code: 'SubscriptionRefusedError' });
    });

    it.each([408, 429, 500, 503])('connects again after %d', async status => {
      await using feed = await startScriptedFeed((connection, number) => {
        if (number <= 2) return connection.answer(status, 'text/plain', '');
        connection.subscribed();
        connection.event(1);
      });
      using client = listen({ url: feed.url });
      await eventually(() => expect(client.versions).toEqual([1]));
      expect(client.errors).toEqual([failed, failed]);
    });

    it('comes back after 404 if it was connected before: the server is being replaced', async () => {
      await using feed = await startScriptedFeed((connection, number) => {
        if (number > 1 && number < 6) return connection.answer(404, 'text/plain', '');
        connection.subscribed();
        connection.event(number === 1 ? 1 : 2);
        if (number === 1) connection.end();
      });
      using client = listen({ url: feed.url });
      await eventually(() => expect(client.versions).toEqual([1, 2]));
    });
  });

  it('opens one connection though `url` has no answer in time, and ends without it', async () => {
    const answers: ((url: string) => void)[] = [];
    await using feed = await startScriptedFeed(connection => connection.subscribed());
    const client = listen({ url: () => new Promise(resolve => answers.push(resolve)) });
    await eventually(() => expect(answers).toHaveLength(1));
    client.subscription.close();
    expect(await client.ended).toBeUndefined();
    answers[0]?.(feed.url);
    expect(client.states).toEqual(['connecting', 'closed']);
    expect(feed.connections).toBe(0);
  });

  it('does not wait for the end of a WebSocket that was never open: in Node 22, only an error comes', async () => {
    const scope = globalThis as { WebSocket?: unknown };
    const own = scope.WebSocket;
    scope.WebSocket = class extends EventTarget {
      constructor() {
        super();
        queueMicrotask(() => this.dispatchEvent(new Event('error')));
      }
      close(): void {}
    };
    try {
      await using feed = await startScriptedFeed(connection => connection.subscribed());
      using client = listen({ url: feed.url });
      await eventually(() => expect(client.states).toEqual(['connecting', 'live']));
      expect(client.errors).toEqual([failed]);
    } finally {
      scope.WebSocket = own;
    }
  });

  it.each([5, undefined, 'nonsense', 'ftp://example.com/'])('ends if the function `url` returns %j', async url => {
    const { ended } = listen({ url: () => url as string });
    expect(await ended).toMatchObject({ code: 'InvalidArgumentError', argument: 'url()' });
  });
});

describe('The client refuses', () => {
  const url = 'https://example.com/events';
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  it.each<[argument: string, options: unknown]>([
    ['options', undefined],
    ['options', null],
    ['options', url],
    ['url', {}],
    ['url', { url: 5 }],
    ['url', { url: '' }],
    ['url', { url: '/events' }],
    ['url', { url: 'ftp://example.com/events' }],
    ['url', { url: 'javascript:alert(1)' }],
    ['url', { url: new URL(url) }],
    ['filters', { url, filters: {} }],
    ['filters', { url, filters: 'all' }],
    ['filters', { url, filters: null }],
    ['filters', { url, filters: [{ type: 5n }] }],
    ['filters', { url, filters: cyclic }],
    ['filters', { url, filters: [{ aggregateId: undefined }] }],
    ['after', { url, after: null }],
    ['after', { url, after: '' }],
    ['after', { url, after: 17 }],
    ['afterr', { url, afterr: 'x' }],
    ['onState', { url, onState: 4 }],
    ['onError', { url, onError: 'log' }],
  ])('a wrong %s: %#', (argument, options) => {
    expect(() => subscribe(options as SubscribeOptions)).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument, name: 'InvalidArgumentError' }),
    );
  });

  it('ws: where there is no WebSocket', () => {
    const scope = globalThis as { WebSocket?: unknown };
    const own = scope.WebSocket;
    scope.WebSocket = undefined;
    try {
      expect(() => subscribe({ url: 'wss://example.com/events' })).toThrow('globalThis.WebSocket is not there');
    } finally {
      scope.WebSocket = own;
    }
  });

  it('by texts that hold nothing of a secret', () => {
    for (const secret of ['ftp://user:secret@example.com', 'http://[secret', 'secret']) {
      expect(() => subscribe({ url: secret })).toThrow(/^(?!.*secret)Invalid url: expected .*, got .*\.$/);
    }
  });
});
