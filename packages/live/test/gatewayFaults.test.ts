import { setTimeout as sleep } from 'node:timers/promises';

import type { StreamRecord } from '@castore-dynamodb/streams';
import { eventually } from '@castore-dynamodb/testing/eventually';
import { PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';
import { seededRandom } from '@castore-dynamodb/testing/seededRandom';

import { TIMES } from '../src/times.js';
import type { GatewayFault } from './support/apiGateway.js';
import { describeGateway } from './support/describeGateway.js';
import { push } from './support/eventStores.js';

const PASSING: readonly GatewayFault[] = ['throttled', 'server error', 'reset after'];
/** A connection that is said to be gone, and is not, is closed to be sure: if that were refused, it would hear nothing. */
const FAULTS: Record<string, readonly GatewayFault[]> = { POST: [...PASSING, 'gone', 'forbidden'], DELETE: PASSING };

describeGateway('a feed behind an API Gateway that fails', context => {
  const { startGateway, follow } = context;
  const { deliveryTurn } = TIMES;
  // How long others are waited for decides only what is sent twice.
  beforeAll(() => (TIMES.deliveryTurn = 300));
  afterAll(() => (TIMES.deliveryTurn = deliveryTurn));

  it(
    'shows every event once, those of an aggregate in order, whatever is cut, repeated or reordered',
    async () => {
      const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
      const random = seededRandom(seed);
      const gateway = await startGateway();
      const { standIn, streamHandler, another } = gateway;
      const functions = [streamHandler, another().streamHandler, another().streamHandler];
      const any = () => functions[Math.floor(random() * functions.length)] as typeof streamHandler;
      const handle = async (records: StreamRecord[]) => {
        const kind = random();
        if (kind < 0.2) await Promise.all(functions.map(each => each({ Records: records })));
        // An invocation that is over in its middle: nobody waits for it, and the batch comes again.
        if (kind > 0.2 && kind < 0.4) void any()({ Records: records });
        if (kind > 0.4 && kind < 0.6) await any()({ Records: records.slice(Math.floor(records.length / 2)) });
        if (kind > 0.6 && kind < 0.7) await any()({ Records: records.toReversed() });
        return any()({ Records: records });
      };
      let isFailing = true;
      standIn.choose = method => {
        const faults = FAULTS[method] ?? [];
        return isFailing && random() < 0.15 ? faults[Math.floor(random() * faults.length)] : undefined;
      };
      await gateway.follow(handle);

      const aggregates = ['a', 'b', 'c'].map(name => `${name}, seed ${seed}`);
      const { url } = standIn;
      const all = [
        follow({ url }),
        follow({ url }),
        follow({ url: `${url}?x`, filters: [{ type: 'POKEMON_CAUGHT' }] }),
      ];
      const one = follow({ url, filters: [{ aggregateId: aggregates[0] }] });
      const followers = [...all, one];
      for (const { subscription } of followers) await eventually(() => expect(subscription.state).toBe('live'));
      const versions = preset({ quick: 25, soak: 400 });
      for (let version = 1; version <= versions; version++) {
        await Promise.all(aggregates.map(id => push(context, id, version, { text: 'x'.repeat(random() * 2_000) })));
        const [connectionId] = standIn.connectionIds;
        if (connectionId !== undefined && random() < 0.3) standIn.cut(connectionId);
        await sleep(random() * 30);
      }
      isFailing = false;

      const versionsSeen = ({ events }: typeof one, id: string) =>
        events.filter(({ event }) => event.aggregateId === id).map(({ event }) => event.version);
      const expected = Array.from({ length: versions }, (_, index) => index + 1);
      for (const follower of all) {
        for (const id of aggregates) await eventually(() => expect(versionsSeen(follower, id)).toEqual(expected));
      }
      await eventually(() => expect(versionsSeen(one, aggregates[0] as string)).toEqual(expected));
      expect(one.events).toHaveLength(versions);
      for (const { events } of all) expect(events).toHaveLength(versions * aggregates.length);
    },
    PRESET_TIMEOUT_MS,
  );
});
