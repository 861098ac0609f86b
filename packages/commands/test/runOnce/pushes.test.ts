import { Command, EventStore, type GroupedEvent, tuple } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { formatEventForTransaction } from '@castore-dynamodb/adapter';

import { appendEvents, pushEventsTransaction, unchanged } from '../../src/index.js';
import { levelUp, newPokemons, operations, type Pokemons, rejection } from '../support.js';
import { describeWithResults, type LevelUpInput, levelUpCommand, newInput } from './support.js';

describeWithResults(
  'pushes within runOnce',
  ({ pokemons, levelsOf, commandOf, connect, engine, layout, once, requests }) => {
    it.each(['one after the other', 'at once', 'with the error swallowed'])(
      'refuses several pushes of one run (%s), and writes nothing',
      async way => {
        const input = newInput();
        const command = commandOf(async (store, { aggregateId }) => {
          const pushes = [1, 2].map(version => () => store.pushEvent(levelUp(aggregateId, version)));
          if (way === 'at once') await Promise.all(pushes.map(push => push()));
          else {
            await pushes[0]?.();
            await (way === 'one after the other' ? pushes[1]?.() : pushes[1]?.().catch(() => {}));
          }
        });
        const error = await rejection(command.handler(input, [pokemons]));
        expect(error).toMatchObject({ code: 'UnsupportedPushError', reason: 'several-pushes', commandId: 'ANY' });
        await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([]);
        expect(operations(requests)).not.toContain('TransactWriteItems');
      },
    );

    it('sends a push that nobody awaited, and refuses one after the handler has returned', async () => {
      const input = newInput();
      let later: () => Promise<unknown> = () => Promise.resolve();
      const command = commandOf(async (store, { aggregateId }) => {
        void store.pushEvent(levelUp(aggregateId, 1));
        later = () => store.pushEvent(levelUp(aggregateId, 2));
        return 1;
      });
      await command.handler(input, [pokemons]);
      await expect(rejection(later())).resolves.toMatchObject({ code: 'UnsupportedPushError', reason: 'after-return' });
      await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([1]);
    });

    it('lets a handler correct a push that was refused before it was sent', async () => {
      const input = newInput();
      const command = commandOf(async (store, { aggregateId }) => {
        const error = await rejection(store.pushEvent({ ...levelUp(aggregateId, 1), payload: { by: Number.NaN } }));
        expect(error).toMatchObject({ code: 'UnstorableValueError', path: 'payload.by' });
        await store.pushEvent(levelUp(aggregateId, 1));
      });
      await command.handler(input, [pokemons]);
      await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([1]);
    });

    it('writes nothing if the handler throws after its push, whatever it throws', async () => {
      for (const thrown of [new Error('no'), undefined, 'text', Object.create(null)]) {
        const input = newInput();
        const command = commandOf(async (store, { aggregateId }) => {
          await store.pushEvent(levelUp(aggregateId, 1));
          throw thrown;
        });
        await expect(rejection(command.handler(input, [pokemons]))).resolves.toBe(thrown);
        await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([]);
      }
    });

    it('writes groups and transactions, with checks, and with events of several event stores', async () => {
      const [others, foreign] = [connect({ eventStoreId: 'OTHERS' }), newPokemons(new InMemoryEventStorageAdapter())];
      const idOf = (aggregateId: string, store: Pokemons) =>
        layout === 'single-table' || store === pokemons ? aggregateId : `${aggregateId} other`;
      const command = once(
        new Command({
          commandId: 'TRANSFER',
          requiredEventStores: tuple(pokemons, others, foreign),
          handler: async ({ aggregateId, levels: way = 0 }: LevelUpInput, [store, other, elsewhere]) => {
            const [from, to] = [levelUp(aggregateId, 1, -1), levelUp(idOf(aggregateId, others), 1, 1)];
            expect(elsewhere.eventStoreId).toBe('POKEMONS');
            const { eventGroup } =
              way === 0
                ? await EventStore.pushEventGroup(store.groupEvent(from), other.groupEvent(to))
                : await pushEventsTransaction(
                    [formatEventForTransaction(store, from), formatEventForTransaction(other, to)],
                    { checks: [unchanged(store, 'bank', way - 1)] },
                  );
            return eventGroup.map(({ event, nextAggregate }) => [event.version, nextAggregate?.level]);
          },
        }),
      );
      const stores = [pokemons, others, foreign] as [Pokemons, Pokemons, Pokemons];
      for (const levels of [0, 1]) {
        const input = newInput({ levels });
        for (let call = 0; call < 2; call++) {
          await expect(command.handler(input, stores)).resolves.toStrictEqual([
            [1, -1],
            [1, 1],
          ]);
        }
        await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([-1]);
        await expect(others.getEvents(idOf(input.aggregateId, others))).resolves.toMatchObject({
          events: { length: 1 },
        });
      }
      await pokemons.pushEvent(levelUp('bank', 1));
      const conflict = await rejection(command.handler(newInput({ levels: 1 }), stores));
      expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError', aggregateId: 'bank', version: 1 });
    });

    it('refuses a group that goes past it, and foreign adapters', async () => {
      const input = newInput();
      const past = commandOf(async (store, { aggregateId }) => {
        await EventStore.pushEventGroup(
          pokemons.groupEvent(levelUp(aggregateId, 1)),
          store.groupEvent(levelUp(aggregateId, 2)),
        );
      });
      await expect(rejection(past.handler(input, [pokemons]))).resolves.toMatchObject({ reason: 'outside-the-group' });
      await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([]);

      const foreign = newPokemons(new InMemoryEventStorageAdapter());
      const error = await rejection(once(levelUpCommand(foreign)).handler(newInput(), [foreign]));
      expect(error).toMatchObject({ code: 'InvalidEventGroupError', reason: 'foreign-adapter' });
      const abroad = once(
        levelUpCommand(pokemons),
        engine.client({ credentials: { accessKeyId: 'other', secretAccessKey: 'x' } }),
      );
      const elsewhere = await rejection(abroad.handler(newInput(), [pokemons]));
      expect(elsewhere).toMatchObject({ code: 'InvalidEventGroupError', reason: 'different-accounts-or-regions' });
    });

    it('takes a group of 99 events, and refuses what leaves no place for the result', async () => {
      const command = commandOf(async (store, { aggregateId, levels = 0 }) => {
        const group = Array.from({ length: levels }, (_, index) => store.groupEvent(levelUp(aggregateId, index + 1)));
        await EventStore.pushEventGroup({}, ...(group as unknown as [GroupedEvent, ...GroupedEvent[]]));
      });
      const input = newInput({ levels: 99 });
      await command.handler(input, [pokemons]);
      await expect(levelsOf(input.aggregateId)).resolves.toHaveLength(99);
      const error = await rejection(command.handler(newInput({ levels: 100 }), [pokemons]));
      expect(error).toMatchObject({ code: 'InvalidEventGroupError', reason: 'too-many-events' });
    });

    it('holds what appendEvents pushes', async () => {
      const input = newInput();
      const command = commandOf(async (store, { aggregateId }) =>
        appendEvents(store, aggregateId, [
          { type: 'POKEMON_LEVELED_UP', payload: { by: 4 } },
          { type: 'POKEMON_RELEASED' },
        ]),
      );
      const events = await command.handler(input, [pokemons]);
      await expect(command.handler(input, [pokemons])).resolves.toStrictEqual(events);
      await expect(pokemons.getEvents(input.aggregateId)).resolves.toStrictEqual({ events });
    });

    it('takes pushes by the adapter itself', async () => {
      const input = newInput();
      const command = commandOf(async (store, { aggregateId }) => {
        const { event } = await store
          .getEventStorageAdapter()
          .pushEvent(levelUp(aggregateId, 1), { eventStoreId: store.eventStoreId });
        expect(store.eventStorageAdapter).toBe(store.getEventStorageAdapter());
        await expect(store.eventStorageAdapter?.getEvents(aggregateId, store)).resolves.toStrictEqual({ events: [] });
        return event.version;
      });
      await command.handler(input, [pokemons]);
      await command.handler(input, [pokemons]);
      await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([1]);
    });
  },
);
