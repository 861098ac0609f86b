import { setTimeout as sleep } from 'node:timers/promises';

import { eventually } from '@castore-dynamodb/testing/eventually';
import { PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';
import { seededRandom } from '@castore-dynamodb/testing/seededRandom';

import { startCuttingProxy } from './support/cuttingProxy.js';
import { describeFeed, type RunningFeed } from './support/describeFeed.js';
import { push } from './support/eventStores.js';
import { describeTransports } from './support/transports.js';

describeFeed('a subscription through a network that cuts connections', context => {
  const { startFeed, follow } = context;

  describeTransports(transport => {
    it(
      'sees every event once, those of an aggregate in order, whatever process it comes to',
      async () => {
        const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
        const random = seededRandom(seed);
        const first = await startFeed();
        await using proxy = await startCuttingProxy(first.port, random);
        const { subscription, events } = follow({ url: `http://127.0.0.1:${proxy.port}/events` });
        await eventually(() => expect(subscription.state).toBe('live'));

        const versions = preset({ quick: 20, soak: 600 });
        const aggregates = ['a', 'b', 'c', 'd'].map(name => `${name} over ${transport}, seed ${seed}`);
        let running: RunningFeed = first;
        for (let version = 1; version <= versions; version++) {
          await Promise.all(aggregates.map(aggregate => push(context, aggregate, version, { text: 'x'.repeat(200) })));
          await sleep(20);
          if (version % 10 !== 0) continue;
          // Another process takes over, at the same address.
          await running.feed.stop();
          await push(context, `meanwhile ${version} ${transport}, seed ${seed}`);
          const { port } = running;
          running.httpServer.closeAllConnections();
          running.httpServer.close();
          running = await startFeed({}, port);
        }
        proxy.isCutting = false;

        const total = aggregates.length * versions + Math.floor(versions / 10);
        await eventually(() => expect(events.length).toBeGreaterThanOrEqual(total));
        for (const aggregate of aggregates) {
          const seen = events.filter(({ event }) => event.aggregateId === aggregate).map(({ event }) => event.version);
          expect(seen).toEqual(Array.from({ length: versions }, (_, index) => index + 1));
        }
        expect(events).toHaveLength(total);
        expect(proxy.cuts).toBeGreaterThan(0);
      },
      PRESET_TIMEOUT_MS,
    );
  });
});
