import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { isSoak, PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';

import { LOG_LIMITS } from '../src/feed/eventLog.js';
import { describeFeed } from './support/describeFeed.js';

interface Seen {
  readonly fewest: number;
  readonly most: number;
  readonly gaps: number;
  readonly closed: number;
}

const CLIENTS = preset({ quick: 50, soak: 1_000 });
const EVENTS_A_SECOND = 200;
const SECONDS = preset({ quick: 1, soak: 60 });
const AGGREGATES = 20;
const MB = 1024 * 1024;

/** What is in use, and not what is waiting to be collected. */
const usedMegabytes = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / MB;
};

const ask = async (clients: ChildProcess): Promise<Seen> => {
  clients.send('seen');
  const [seen] = (await once(clients, 'message')) as [Seen];
  return seen;
};

describeFeed('a live feed under load', ({ pokemons, startFeed }) => {
  it(
    'shows every client every event, in bounded memory',
    async () => {
      // Full within seconds, so that it does not grow while it is looked at.
      LOG_LIMITS.maxSize = isSoak ? 2 * MB : LOG_LIMITS.maxSize;
      const { url } = await startFeed({ pollIntervalMs: 500 });
      const clients = fork(join(__dirname, 'programs', 'loadClients.mjs'), [url, String(CLIENTS)], { execArgv: [] });
      try {
        await once(clients, 'message');
        const heap: number[] = [];
        const versions = new Map<string, number>();
        const start = performance.now();
        for (let second = 0; second < SECONDS; second++) {
          for (let event = 0; event < EVENTS_A_SECOND; event += AGGREGATES) {
            await Promise.all(
              Array.from({ length: AGGREGATES }, async (_, index) => {
                const aggregateId = `aggregate-${index}`;
                const version = (versions.get(aggregateId) ?? 0) + 1;
                versions.set(aggregateId, version);
                const payload = { text: 'x'.repeat(100) };
                await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_CAUGHT', payload });
              }),
            );
          }
          if (isSoak && second % 5 === 4) heap.push(usedMegabytes());
          await sleep(Math.max(0, (second + 1) * 1_000 - (performance.now() - start)));
        }

        const total = SECONDS * EVENTS_A_SECOND;
        let seen = await ask(clients);
        for (let wait = 0; seen.fewest < total && wait < 120; wait++) {
          await sleep(500);
          seen = await ask(clients);
        }
        expect(seen).toEqual({ fewest: total, most: total, gaps: 0, closed: 0 });
        if (!isSoak) return;
        const [early, late] = [Math.max(...heap.slice(0, 4)), Math.min(...heap.slice(-4))];
        console.log(
          `${CLIENTS} clients, ${total} events: heap in MB, every 5 s: ${heap.map(used => used.toFixed()).join(' ')}`,
        );
        // 60 seconds bring 10 MB of events, of which the log keeps 2: what grows by a fifth of them would be a leak.
        expect(late).toBeLessThan(early + 2);
      } finally {
        clients.disconnect();
      }
    },
    PRESET_TIMEOUT_MS,
  );
});
