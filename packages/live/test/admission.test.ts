import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';

import { WebSocket } from 'ws';

import type { Authorize } from '../src/index.js';
import { TIMES } from '../src/times.js';
import { describeFeedOnSomeEngine, type RunningFeed } from './support/describeFeed.js';

/** The answer to a request for server-sent events, without its body. */
const get = async (url: string, headers: IncomingHttpHeaders = {}): Promise<IncomingMessage> => {
  const sent = request(url, { headers: { accept: 'text/event-stream', ...headers }, agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.on('error', () => {});
  response.destroy();
  return response;
};

/** The status of a WebSocket's handshake. */
const upgrade = async (
  url: string,
  headers: Record<string, string> = {},
  protocols: string[] = [],
): Promise<number> => {
  const webSocket = new WebSocket(url, protocols, { headers });
  webSocket.on('error', () => {});
  const status = await new Promise<number>(resolve => {
    webSocket.on('open', () => resolve(101));
    webSocket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
  });
  webSocket.terminate();
  return status;
};

const statuses = async ({ url }: Pick<RunningFeed, 'url'>, headers = {}): Promise<number[]> => [
  await upgrade(url, headers),
  (await get(url, headers)).statusCode ?? 0,
];

describeFeedOnSomeEngine('who may connect to a live feed', ({ startFeed }) => {
  it('is nobody without authorize', async () => {
    expect(await statuses(await startFeed({ authorize: undefined }))).toEqual([401, 401]);
  });

  it('is decided by authorize, which gets the request, and may take its time', async () => {
    const authorize: Authorize = async ({ headers }) => headers.authorization === 'Bearer pikachu' && {};
    const feed = await startFeed({ authorize });
    expect(await statuses(feed)).toEqual([401, 401]);
    expect(await statuses(feed, { authorization: 'Bearer pikachu' })).toEqual([101, 200]);
  });

  it('is nobody if authorize throws, hangs, or returns what is no right', async () => {
    const { authorize: deadline } = TIMES;
    TIMES.authorize = 50;
    try {
      const answers: unknown[] = [
        () => {
          throw new Error('no database');
        },
        () => new Promise(() => {}),
        () => true,
        () => undefined,
        () => ({ eventStoreIDs: ['POKEMONS'] }),
        () => ({ types: 'POKEMON_CAUGHT' }),
      ];
      for (const authorize of answers) {
        const feed = await startFeed({ authorize: authorize as Authorize });
        expect(await statuses(feed)).toEqual([403, 403]);
        expect(feed.errors).toHaveLength(2);
      }
    } finally {
      TIMES.authorize = deadline;
    }
  });

  it('is told in a warning if authorize fails and nobody listens, without what it threw', async () => {
    const emitted = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const authorize = (): never => {
      throw new TypeError('the secret');
    };
    await statuses(await startFeed({ authorize, onError: undefined }));
    const warnings = emitted.mock.calls.map(([warning]) => warning);
    emitted.mockRestore();
    expect(warnings).toEqual(
      Array.from(
        { length: 2 },
        () =>
          '`authorize` of a live feed failed, and the connection was refused with 403 (`onError` gets the error itself): TypeError',
      ),
    );
  });

  it('is nobody if authorize throws, also if onError does', async () => {
    const emitted = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const fail = (): never => {
      throw new TypeError('no logger');
    };
    expect(await statuses(await startFeed({ authorize: fail, onError: fail }))).toEqual([403, 403]);
    const warnings = emitted.mock.calls.map(([warning]) => warning);
    emitted.mockRestore();
    expect(warnings).toEqual(['onError threw TypeError: no logger', 'onError threw TypeError: no logger']);
  });

  it('is no page of another host, unless its origin is listed', async () => {
    const feed = await startFeed({ origins: ['https://app.example.com'] });
    expect(await statuses(feed, { origin: 'https://evil.example.com' })).toEqual([403, 403]);
    expect(await statuses(feed, { origin: 'null' })).toEqual([403, 403]);
    expect(await statuses(feed, { origin: `http://127.0.0.1:${feed.port}.evil.example.com` })).toEqual([403, 403]);
    expect(await statuses(feed, { origin: `http://127.0.0.1:${feed.port + 1}` })).toEqual([403, 403]);
    expect(await statuses(feed, { origin: `http://127.0.0.1:${feed.port}` })).toEqual([101, 200]);
    expect(await statuses(feed, { origin: 'https://app.example.com' })).toEqual([101, 200]);
    const { headers } = await get(feed.url, { origin: 'https://app.example.com' });
    expect(headers['access-control-allow-origin']).toBe('https://app.example.com');
  });

  it('is decided before a page of another host reaches authorize', async () => {
    const authorize = jest.fn<ReturnType<Authorize>, [IncomingMessage]>(() => ({}));
    const feed = await startFeed({ authorize });
    await statuses(feed, { origin: 'https://evil.example.com' });
    expect(authorize).not.toHaveBeenCalled();
  });

  it('leaves all other requests to the application', async () => {
    const { url, port } = await startFeed();
    const answer = await fetch(url);
    expect(await answer.text()).toBe('of the application');
    expect(await (await fetch(`http://127.0.0.1:${port}/eventsandmore`)).text()).toBe('of the application');
    expect(await upgrade(`ws://127.0.0.1:${port}/other`)).toBe(404);
  });

  it('answers 503 while it is stopped', async () => {
    const running = await startFeed();
    await running.feed.stop();
    expect(await statuses(running)).toEqual([503, 503]);
    await running.feed.start();
    expect(await statuses(running)).toEqual([101, 200]);
  });

  it('speaks the protocol that it is named, and no other', async () => {
    const { url } = await startFeed();
    const offered = async (protocols: string[]): Promise<string | undefined> => {
      const webSocket = new WebSocket(url, protocols);
      try {
        await once(webSocket, 'open');
        return webSocket.protocol;
      } catch {
        return undefined;
      } finally {
        webSocket.terminate();
      }
    };
    expect(await offered(['other', 'castore-dynamodb-live.v1'])).toBe('castore-dynamodb-live.v1');
    expect(await offered(['castore-dynamodb-live.v2'])).toBeUndefined();
  });

  it('survives handshakes that are none, and sockets that break while authorize thinks', async () => {
    const feed = await startFeed({ authorize: () => new Promise(resolve => setTimeout(() => resolve({}), 100)) });
    const head = `GET /events HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
    const handshakes = [
      `${head}\r\n`,
      `${head}Sec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      `${head}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 7\r\n\r\n`,
      head.replace('GET', 'POST'),
      `${head}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    ];
    await Promise.all(
      handshakes.map(async handshake => {
        const socket = connect(feed.port, '127.0.0.1');
        socket.on('error', () => {});
        socket.write(handshake);
        await new Promise(resolve => setTimeout(resolve, 30));
        socket.resetAndDestroy();
      }),
    );
    await new Promise(resolve => setTimeout(resolve, 200));
    expect(await statuses(feed)).toEqual([101, 200]);
  });
});
