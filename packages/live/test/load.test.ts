import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { isSoak, PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';

import { describeFeed } from './support/describeFeed.js';

interface Seen {
  readonly fewest: number;
  readonly most: number;
  readonly gaps: number;
  readonly closed: number;
}

const CLIENTS = preset({ quick: 50, soak: 1_000 });
const EVENTS_A_SECOND = 200;
const SECONDS = preset({ quick: 2, soak: 60 });
const AGGREGATES = 20;
const MB = 1024 * 1024;

const ask = async (clients: ChildProcess): Promise<Seen> => {
  clients.send('seen');
  const [seen] = (await once(clients, 'message')) as [Seen];
  return seen;
};

describeFeed('a live feed under load', ({ pokemons, startFeed }) => {
  it(
    'shows every client every event, in bounded memory',
    async () => {
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
          heap.push(process.memoryUsage().heapUsed / MB);
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
        const early = Math.max(...heap.slice(0, 20));
        const late = Math.max(...heap.slice(-20));
        console.log(
          `${CLIENTS} clients, ${total} events: heap ${early.toFixed()} MB in the first 20 s, ${late.toFixed()} MB in the last`,
        );
        expect(late).toBeLessThan(early + 100);
      } finally {
        clients.disconnect();
      }
    },
    PRESET_TIMEOUT_MS,
  );
});
