import { describeInBrowser, startBrowser } from '@castore-dynamodb/testing/browser';
import { eventually } from '@castore-dynamodb/testing/eventually';
import { seededRandom } from '@castore-dynamodb/testing/seededRandom';
import type { Browser, Page } from 'playwright-core';

import { bundleClient } from './support/bundleClient.js';
import { startCuttingProxy } from './support/cuttingProxy.js';
import { describeFeedOnSomeEngine, type RunningFeed } from './support/describeFeed.js';
import { push } from './support/eventStores.js';

/** What the page has seen. */
interface Seen {
  readonly events: { aggregateId: string; version: number; kind: string }[];
  readonly states: string[];
  readonly error: string | undefined;
}

const PAGE = `<!doctype html><script src="/client.js"></script><script>
  window.seen = { events: [], states: [], error: undefined };
  const kindOf = value => Object.prototype.toString.call(value?.exact).slice(8, -1);
  (async () => {
    try {
      const onState = state => seen.states.push(state);
      for await (const { event } of live.subscribe({ url: '/events', onState })) {
        seen.events.push({ aggregateId: event.aggregateId, version: event.version, kind: kindOf(event.payload) });
      }
    } catch (error) { seen.error = error.code; }
  })();
</script>`;

const seenBy = (page: Page): Promise<Seen> => page.evaluate('window.seen');

describeInBrowser('in Chromium', () => {
  let browser: Browser;
  let script: string;
  beforeAll(async () => {
    [browser, script] = await Promise.all([startBrowser(), bundleClient()]);
  });
  afterAll(() => browser.close());

  const servePage = ({ httpServer }: RunningFeed): void => {
    httpServer.removeAllListeners('request');
    httpServer.on('request', ({ url }, response) => {
      response.setHeader('content-type', url === '/client.js' ? 'text/javascript' : 'text/html');
      response.end(url === '/client.js' ? script : PAGE);
    });
  };

  describeFeedOnSomeEngine('a page', context => {
    const { startFeed } = context;

    it('sees every event once, in order, though its connections are cut', async () => {
      const running = await startFeed();
      servePage(running);
      const seed = Math.floor(Math.random() * 2 ** 31);
      await using proxy = await startCuttingProxy(running.port, seededRandom(seed));
      proxy.isCutting = false;
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${proxy.port}/`);
      await eventually(async () => expect((await seenBy(page)).states).toContain('live'));
      // The connection that is there ends with the process's; those after it are cut.
      proxy.isCutting = true;
      await running.feed.stop();
      await push(context, 'meanwhile', 1, { exact: 2n ** 70n });
      await running.feed.start();

      const aggregates = ['a', 'b', 'c'].map(name => `${name} with seed ${seed}`);
      for (let version = 1; version <= 20; version++) {
        await Promise.all(aggregates.map(id => push(context, id, version, { exact: new Set(['x'.repeat(200)]) })));
      }
      await new Promise(resolve => setTimeout(resolve, 500));
      proxy.isCutting = false;
      await eventually(async () => expect((await seenBy(page)).events).toHaveLength(61));
      const { events, states, error } = await seenBy(page);
      for (const id of aggregates) {
        const versions = events.filter(({ aggregateId }) => aggregateId === id).map(({ version }) => version);
        expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
      }
      expect(events.find(({ aggregateId }) => aggregateId === 'meanwhile')?.kind).toBe('BigInt');
      expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['BigInt', 'Set']));
      expect(states).toContain('reconnecting');
      expect(error).toBeUndefined();
      await page.close();
    }, 60_000);

    it('learns that it may not connect', async () => {
      const running = await startFeed({ authorize: () => false });
      servePage(running);
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${running.port}/`);
      await eventually(async () => expect((await seenBy(page)).error).toBe('SubscriptionRefusedError'));
      expect((await seenBy(page)).states).toEqual(['connecting', 'closed']);
      await page.close();
    });

    it('of another host is refused, though the browser would send its cookies along', async () => {
      const running = await startFeed();
      const elsewhere = await startFeed();
      servePage(elsewhere);
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${elsewhere.port}/`);
      const outcome = await page.evaluate(
        url =>
          new Promise(resolve => {
            const socket = new (
              globalThis as unknown as { WebSocket: new (url: string) => Record<string, unknown> }
            ).WebSocket(url);
            socket['onopen'] = () => resolve('open');
            socket['onerror'] = () => resolve('refused');
          }),
        running.url.replace('http', 'ws'),
      );
      expect(outcome).toBe('refused');
      await page.close();
    });

    it('can use an EventSource of its own', async () => {
      const running = await startFeed();
      servePage(running);
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${running.port}/`);
      await page.evaluate(`new Promise(resolve => {
        window.heard = [];
        const source = new EventSource('/events?filters=' + encodeURIComponent('[{"aggregateId":{"regexp":"^es-"}}]'));
        source.addEventListener('subscribed', resolve);
        source.onmessage = ({ data }) => heard.push(JSON.parse(data).event.aggregateId);
      })`);
      await push(context, 'es-1');
      await push(context, 'other');
      await eventually(async () => expect(await page.evaluate('heard')).toEqual(['es-1']));
      await running.feed.stop();
      await push(context, 'es-2');
      await running.feed.start();
      await eventually(async () => expect(await page.evaluate('heard')).toEqual(['es-1', 'es-2']));
      await page.close();
    });
  });
});
