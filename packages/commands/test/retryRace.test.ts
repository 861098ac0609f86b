import { Command, tuple } from '@castore/core';

import { retryOnConflict } from '../src/index.js';
import { describeOnEveryTable, newAggregateId, type Pokemons } from './support.js';

const WRITERS = 20;

/** Deposits 1, and counts how often the handler ran. */
const levelUpCommand = (pokemons: Pokemons, options: Partial<ReturnType<typeof retryOnConflict>>) => {
  const counts = { attempts: 0 };
  const command = new Command({
    commandId: 'LEVEL_UP',
    requiredEventStores: tuple(pokemons),
    ...options,
    handler: async ({ aggregateId }: { aggregateId: string }, [store]) => {
      counts.attempts += 1;
      const { aggregate } = await store.getAggregate(aggregateId);
      const version = (aggregate?.version ?? 0) + 1;
      await store.pushEvent({ aggregateId, version, type: 'POKEMON_LEVELED_UP', payload: { by: 1 } });
    },
  });
  return { command, counts };
};

describeOnEveryTable(
  `${WRITERS} commands on one aggregate at once`,
  ({ pokemons, engine, connect }) => {
    const race = async (name: string, options: Partial<ReturnType<typeof retryOnConflict>>) => {
      const aggregateId = newAggregateId();
      const { command, counts } = levelUpCommand(pokemons, options);
      const results = await Promise.allSettled(
        Array.from({ length: WRITERS }, () => {
          const store = connect({ dynamoDbClient: engine.client() });
          return command.handler({ aggregateId }, [store]);
        }),
      );
      const done = results.filter(({ status }) => status === 'fulfilled').length;
      const { aggregate } = await pokemons.getAggregate(aggregateId);
      expect(aggregate).toMatchObject({ level: done, version: done });
      console.log(`${engine.name}, ${name}: ${done} of ${WRITERS} commands done, in ${counts.attempts} attempts`);
      return done;
    };

    it("mostly fail with Castore's two retries at once", async () => {
      await expect(race('without retryOnConflict', {})).resolves.toBeLessThan(WRITERS);
    });

    it('all come through with retryOnConflict', async () => {
      await expect(race('with retryOnConflict', retryOnConflict())).resolves.toBe(WRITERS);
    });
  },
  ['single-table'],
);
