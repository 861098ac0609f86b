import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describeInBrowser, startBrowser } from '@castore-dynamodb/testing/browser';
import { eventually } from '@castore-dynamodb/testing/eventually';
import type { Browser } from 'playwright-core';

import { bundleClient } from './support/bundleClient.js';
import { describeGateway } from './support/describeGateway.js';
import { push } from './support/eventStores.js';

interface Seen {
  readonly events: readonly string[];
  readonly states: readonly string[];
  readonly errors: readonly string[];
}

const pageOf = (url: string): string => `<!doctype html><script src="/client.js"></script><script>
  window.seen = { events: [], states: [], errors: [] };
  (async () => {
    const options = { url: '${url}', onState: state => seen.states.push(state), onError: ({ code }) => seen.errors.push(code) };
    for await (const { event } of live.subscribe(options)) {
      seen.events.push(event.aggregateId + ' ' + event.version + ' ' + (event.payload?.text ?? '').length);
    }
  })();
</script>`;

describeInBrowser('In Chromium, through API Gateway', () => {
  let browser: Browser;
  let pages: Server;
  let origin: string;
  let page = '';
  beforeAll(async () => {
    const [script, started] = await Promise.all([bundleClient(), startBrowser()]);
    browser = started;
    pages = createServer(({ url }, response) => {
      response.setHeader('content-type', url === '/client.js' ? 'text/javascript' : 'text/html');
      response.end(url === '/client.js' ? script : page);
    }).listen(0, '127.0.0.1');
    await once(pages, 'listening');
    origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser.close();
    pages.close();
  });

  describeGateway('a page', context => {
    const open = async (url: string) => {
      page = pageOf(url);
      const opened = await browser.newPage();
      await opened.goto(origin);
      return { opened, seen: (): Promise<Seen> => opened.evaluate('window.seen') };
    };

    it('sees every event once, in order, long ones too, though its connection is cut', async () => {
      const { standIn, follow, errors } = await context.startGateway({ origins: [origin] });
      await follow();
      const { opened, seen } = await open(standIn.url);
      await eventually(async () => expect((await seen()).states).toEqual(['connecting', 'live']));
      await push(context, 'cut', 1);
      await push(context, 'cut', 2, { text: 'é'.repeat(100_000) });
      await eventually(async () => expect((await seen()).events).toEqual(['cut 1 0', 'cut 2 100000']));
      for (const connectionId of standIn.connectionIds) standIn.cut(connectionId);
      for (let version = 3; version <= 10; version++) await push(context, 'cut', version);
      await eventually(async () => expect((await seen()).events).toHaveLength(10));
      const versions = (await seen()).events.map(text => Number(text.split(' ')[1]));
      expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect((await seen()).states).toContain('reconnecting');
      expect(errors).toEqual([]);
      await opened.close();
    });

    it('of another origin sees nothing, and hears that it cannot connect', async () => {
      const { standIn, follow } = await context.startGateway({ origins: ['https://app.example.com'] });
      await follow();
      const { opened, seen } = await open(standIn.url);
      await push(context, 'secret');
      await eventually(async () => expect((await seen()).errors.length).toBeGreaterThan(1));
      const { events, states, errors } = await seen();
      expect([events, states, new Set(errors)]).toEqual([[], ['connecting'], new Set(['ConnectionFailedError'])]);
      expect(standIn.connectionIds).toEqual([]);
      await opened.close();
    });
  });
});
