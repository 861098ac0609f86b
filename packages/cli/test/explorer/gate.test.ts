import { request } from 'node:http';
import { connect } from 'node:net';

import { type RunningExplorer, startExplorer } from './startExplorer.js';

describe("the explorer's server", () => {
  let explorer: RunningExplorer;
  beforeAll(async () => {
    explorer = await startExplorer({ table: 'events', endpointUrl: 'http://127.0.0.1:9' });
  });
  afterAll(() => explorer.close());

  const bare = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number | undefined; headers: Record<string, unknown> }>((resolve, reject) => {
      const { port } = new URL(explorer.url);
      request({ host: '127.0.0.1', port, path, method, headers }, response => {
        response.resume();
        resolve({ status: response.statusCode, headers: response.headers });
      })
        .on('error', reject)
        .end();
    });
  const status = async (...args: Parameters<typeof bare>) => (await bare(...args)).status;
  const cookie = async () =>
    String((await bare(explorer.url.slice(explorer.url.indexOf('/?')))).headers['set-cookie']).split(';')[0] ?? '';

  it('listens on this machine alone', () => {
    expect(explorer.httpServer.address()).toMatchObject({ address: '127.0.0.1' });
  });

  it('turns the token of the URL into a cookie that scripts and other sites never get', async () => {
    const token = new URL(explorer.url).searchParams.get('token');
    const entered = await bare(`/aggregate?token=${token}&store=A%26B`);
    expect(entered).toMatchObject({ status: 303, headers: { location: '/aggregate?store=A%26B' } });
    expect(entered.headers['set-cookie']).toEqual([expect.stringMatching(/; Path=\/; HttpOnly; SameSite=Strict$/)]);
    expect((await bare(`/.//evil.example/?token=${token}`)).headers['location']).toBe('/evil.example/');
    expect(await status('/api/correlation?id=x', { cookie: await cookie() })).toBe(200);
  });

  it('refuses whoever has no token, another one, or a cookie of another explorer', async () => {
    expect(await status('/')).toBe(401);
    expect(await status('/page.js')).toBe(401);
    expect(await status('/?token=')).toBe(401);
    expect(await status('/?token=x')).toBe(401);
    expect(await status('/', { cookie: (await cookie()).replace(/\d+=/, '1=') })).toBe(401);
    expect(await status('/', { cookie: `${await cookie()}x` })).toBe(401);
    expect(await status('/', { cookie: (await cookie()).replace(/=.*/, '') })).toBe(401);
  });

  it('refuses other hosts, other origins and everything but reading', async () => {
    const entered = { cookie: await cookie() };
    const path = '/api/correlation?id=x';
    const { host, port, origin } = new URL(explorer.url);
    expect(await status(path, { ...entered, host: `evil.example:${port}` })).toBe(421);
    expect(await status(path, { ...entered, host: `localhost:${port}` })).toBe(200);
    expect(await status(path, { ...entered, host: '127.0.0.1' })).toBe(421);
    expect(await status(path, { ...entered, host, origin: 'http://evil.example' })).toBe(403);
    expect(await status(path, { ...entered, host, origin: 'null' })).toBe(403);
    expect(await status(path, { ...entered, host, origin })).toBe(200);
    expect(await status(path, { ...entered, 'sec-fetch-site': 'cross-site' })).toBe(403);
    // Another port of this machine is the same site, and another origin.
    expect(await status(path, { ...entered, 'sec-fetch-site': 'same-site' })).toBe(403);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect(await status(path, entered, method)).toBe(405);
  });

  it('sends a policy that lets nothing in, with whatever it answers', async () => {
    for (const path of [
      '/',
      '/nothing.here',
      '/api/nothing',
      '/api/correlation?id=x',
      '/api/../../package.json',
      '/%2e%2e/x',
    ]) {
      const { headers } = await explorer.get(path);
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe|\*|http/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
    expect((await explorer.get('/nothing.here')).status).toBe(404);
    expect((await explorer.get('/api/nothing')).status).toBe(404);
    expect((await explorer.get('/api/constructor')).status).toBe(404);
  });

  it('sends the policy with what Node itself refuses', async () => {
    const socket = connect(Number(new URL(explorer.url).port), '127.0.0.1');
    socket.end('nonsense\r\n\r\n');
    const answer = Buffer.concat(await socket.toArray()).toString();
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n[^]*content-security-policy: default-src 'none'/);
  });

  it('says what is wrong with a query, without a request', async () => {
    expect(await explorer.view('events', { store: 'A' })).toMatchObject({
      problem: { code: 'UsageError', message: 'The query needs aggregate.' },
      cost: { requests: 0, readUnits: 0 },
    });
    expect(await explorer.view('state', { store: 'A', aggregate: 'b', version: 'x' })).toMatchObject({
      problem: { code: 'InvalidArgumentError' },
      cost: { requests: 0 },
    });
  });
});
