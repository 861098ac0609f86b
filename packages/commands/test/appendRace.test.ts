import { PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';

import { appendEvents } from '../src/index.js';
import { describeOnEveryTable, newAggregateId } from './support.js';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const each = preset({ quick: 8, soak: 50 });

describeOnEveryTable('appendEvents, by many at once', ({ engine, pokemons, connect }) => {
  it(
    `lets 20 writers append ${each} events each: no gap, and the order of each kept`,
    async () => {
      const aggregateId = newAggregateId();
      const counts: number[] = [];
      await Promise.all(
        upTo(20).map(async writer => {
          const store = connect({ dynamoDbClient: engine.client() });
          const { groupEvent } = store;
          let attempts = 0;
          store.groupEvent = (...args) => {
            attempts += 1;
            return groupEvent(...args);
          };
          for (const levels of upTo(each)) {
            attempts = 0;
            await appendEvents(store, aggregateId, [
              { type: 'POKEMON_LEVELED_UP', payload: { by: levels, source: `writer ${writer}` } },
            ]);
            counts.push(attempts);
          }
        }),
      );

      const { events } = await pokemons.getEvents(aggregateId);
      expect(events.map(({ version }) => version)).toStrictEqual(upTo(20 * each));
      for (const writer of upTo(20)) {
        const own = events.flatMap(event =>
          event.type === 'POKEMON_LEVELED_UP' && event.payload.source === `writer ${writer}` ? [event.payload.by] : [],
        );
        expect(own).toStrictEqual(upTo(each));
      }
      const pushes = counts.reduce((sum, count) => sum + count, 0);
      console.log(
        `${engine.name}: ${20 * each} events, ${pushes} pushes, ${Math.max(...counts)} at most for one event`,
      );
    },
    2 * PRESET_TIMEOUT_MS,
  );
});
