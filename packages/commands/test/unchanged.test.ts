import { Command, isEventAlreadyExistsError, tuple } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import { pushEventsTransaction, retryOnConflict, unchanged } from '../src/index.js';
import {
  describeOnEveryTable,
  EXACT_UNITS,
  levelUp,
  newAggregateId,
  newPokemons,
  operations,
  type Pokemons,
  rejection,
} from './support.js';

describeOnEveryTable(
  'unchanged',
  ({ engine, pokemons, connect, requests }) => {
    it('lets a transaction be written as long as the other aggregate ends at its version', async () => {
      const [one, other, absent] = [newAggregateId(), newAggregateId(), newAggregateId()];
      await pokemons.pushEvent(levelUp(other, 1));
      requests.splice(0);

      await pushEventsTransaction([pokemons.groupEvent(levelUp(one, 1))], {
        checks: [unchanged(pokemons, other, 1), unchanged(pokemons, absent, 0)],
      });

      expect(operations(requests)).toStrictEqual(['TransactWriteItems']);
      // Two for the event, one for its index entry, two for each check. DynamoDB Local counts otherwise than DynamoDB does.
      if (engine.engine === 'dynoxide') expect(requests[0]?.units).toBe(7);
      await expect(pokemons.getEvents(one)).resolves.toMatchObject({ events: { length: 1 } });
      await expect(pokemons.getEvents(absent)).resolves.toStrictEqual({ events: [] });
    });

    it('fails the transaction as a whole, and names the aggregate that has a later event', async () => {
      const [one, other] = [newAggregateId(), newAggregateId()];
      for (const version of [1, 2]) await pokemons.pushEvent(levelUp(other, version));
      const error = await rejection(
        pushEventsTransaction([pokemons.groupEvent(levelUp(one, 1)), pokemons.groupEvent(levelUp(one, 2))], {
          checks: [unchanged(pokemons, other, 1)],
        }),
      );
      expect(isEventAlreadyExistsError(error)).toBe(true);
      expect(error).toMatchObject({ eventStoreId: 'POKEMONS', aggregateId: other, version: 2 });
      await expect(pokemons.getEvents(one)).resolves.toStrictEqual({ events: [] });
    });

    const balanceOf = async (store: Pokemons, aggregateId: string) => {
      const { aggregate } = await store.getAggregate(aggregateId);
      return { version: aggregate?.version ?? 0, level: aggregate?.level ?? 0 };
    };

    /** Withdraws from one of two pokemons as long as both together have enough: what two writers can get wrong. */
    const withdrawCommand = (isChecked: boolean) =>
      new Command({
        commandId: 'WITHDRAW',
        requiredEventStores: tuple(pokemons),
        ...retryOnConflict(),
        handler: async ({ from, other }: { from: string; other: string }, [store]) => {
          const [own, backing] = await Promise.all([balanceOf(store, from), balanceOf(store, other)]);
          if (own.level + backing.level < 1) throw new Error('Not enough.');
          await pushEventsTransaction([store.groupEvent(levelUp(from, own.version + 1, -1))], {
            checks: isChecked ? [unchanged(store, other, backing.version)] : [],
          });
        },
      });

    it.each([
      [true, 0],
      [false, -1],
    ])('holds a decision about two aggregates for both (checked: %s)', async (isChecked, expected) => {
      const [first, second] = [newAggregateId(), newAggregateId()];
      await pokemons.pushEvent(levelUp(first, 1, 1));
      const command = withdrawCommand(isChecked);
      // Each reads both pokemons before the other one writes.
      let readers = 0;
      let go = (): void => {};
      const bothHaveRead = new Promise<void>(resolve => {
        go = resolve;
      });
      const racing = (): Pokemons => {
        return Object.assign(connect(), {
          getAggregate: async (id: string) => {
            const result = await pokemons.getAggregate(id);
            if (++readers === 4) go();
            if (readers <= 4) await bothHaveRead;
            return result;
          },
        });
      };
      const results = await Promise.allSettled([
        command.handler({ from: first, other: second }, [racing()]),
        command.handler({ from: second, other: first }, [racing()]),
      ]);
      const total = (await balanceOf(pokemons, first)).level + (await balanceOf(pokemons, second)).level;
      expect(total).toBe(expected);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(isChecked ? 1 : 2);
    });
  },
  undefined,
  EXACT_UNITS,
);

describe('unchanged', () => {
  const foreign = newPokemons(new InMemoryEventStorageAdapter());
  const call = (...args: unknown[]) => (async () => (unchanged as (...given: unknown[]) => unknown)(...args))();

  it.each<[string, unknown[], string]>([
    ['no event store', [undefined, 'a', 1], 'eventStore'],
    ['something else', [{ eventStoreId: 'A' }, 'a', 1], 'eventStore'],
    ['no aggregate id', [foreign, undefined, 1], 'aggregateId'],
    ['half a character', [foreign, '\ud800', 1], 'aggregateId'],
    ['no version', [foreign, 'a'], 'version'],
    ['a negative version', [foreign, 'a', -1], 'version'],
    ['a fractional version', [foreign, 'a', 1.5], 'version'],
    ['a version in words', [foreign, 'a', '1'], 'version'],
    ['the last version of all', [foreign, 'a', Number.MAX_SAFE_INTEGER], 'version'],
  ])('refuses %s by its name', async (_, args, argument) => {
    await expect(rejection(call(...args))).resolves.toMatchObject({ code: 'InvalidArgumentError', argument });
  });

  it('refuses an event store of another adapter', async () => {
    await expect(rejection(call(foreign, 'a', 1))).resolves.toMatchObject({ reason: 'foreign-adapter' });
  });
});
