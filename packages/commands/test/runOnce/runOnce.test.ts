import { Command, tuple } from '@castore/core';

import { costs, EXACT_UNITS, levelUp, operations, rejection } from '../support.js';
import { barrier, describeWithResults, type LevelUpInput, levelUpCommand, newInput, newRequestId } from './support.js';

describeWithResults(
  'runOnce',
  ({ pokemons, levelsOf, commandOf, connect, dynamoDbClient, engine, once, requests }) => {
    it('acts once, and answers the same to every later call', async () => {
      const input = newInput();
      let runs = 0;
      const command = once(levelUpCommand(pokemons, () => runs++));
      const first = await command.handler(input, [pokemons]);
      expect(first).toStrictEqual({ level: 1, version: 1, timestamp: expect.any(String) });
      expect(operations(requests)).toStrictEqual(['Query', 'Query', 'TransactWriteItems']);
      // A read of each; in the transaction two for the event, one for its index entry, two for the result.
      const units = requests.map(request => request.units);
      if (engine.engine === 'dynoxide') expect(units).toStrictEqual([expect.any(Number), expect.any(Number), 5]);
      requests.splice(0);

      for (const client of [dynamoDbClient, engine.client()]) {
        const again = once(
          levelUpCommand(connect(), () => runs++),
          client,
        );
        await expect(again.handler({ ...input }, [connect()])).resolves.toStrictEqual(first);
      }
      expect(costs(requests)).toStrictEqual(['Query 1']);
      expect(runs).toBe(1);
      await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([1]);
      const { events } = await pokemons.getEvents(input.aggregateId);
      expect(events[0]?.timestamp).toBe(first.timestamp);
    });

    it('acts anew for another key, and for the same key of another command', async () => {
      const input = newInput();
      const command = once(levelUpCommand(pokemons));
      await command.handler(input, [pokemons]);
      await command.handler({ ...input, requestId: newRequestId() }, [pokemons]);
      const other = levelUpCommand(pokemons);
      await once(Object.assign(other, { commandId: 'DEPOSIT_OTHERWISE' })).handler(input, [pokemons]);
      await expect(levelsOf(input.aggregateId)).resolves.toHaveLength(3);
    });

    it('is a command with the same id, event stores, options and class', () => {
      class OwnCommand extends Command {
        inputSchema = { type: 'object' };
      }
      const onEventAlreadyExists = async () => {};
      const own = new OwnCommand({
        commandId: 'OWN',
        requiredEventStores: [pokemons],
        eventAlreadyExistsRetries: 7,
        onEventAlreadyExists,
        handler: async () => 1,
      });
      const command = once(own);
      expect(command).toBeInstanceOf(OwnCommand);
      expect(command).toMatchObject({
        commandId: 'OWN',
        requiredEventStores: [pokemons],
        eventAlreadyExistsRetries: 7,
        onEventAlreadyExists,
        inputSchema: { type: 'object' },
      });
      expect(command.handler).not.toBe(own.handler);
    });

    it('lets one of 10 act that come at once, and gives its answer to the others', async () => {
      for (let round = 0; round < 3; round++) {
        const input = newInput();
        const everyone = barrier(10);
        const answers = await Promise.all(
          Array.from({ length: 10 }, () => {
            const client = engine.client();
            const store = connect({ dynamoDbClient: client });
            return once(levelUpCommand(store, everyone), client).handler(input, [store]);
          }),
        );
        expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
        await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([1]);
      }
    });

    it('keeps nobody waiting for a handler that never ends', async () => {
      const input = newInput();
      let goOn = (): void => {};
      const stuck = once(levelUpCommand(pokemons, () => new Promise<void>(resolve => (goOn = resolve)))).handler(
        input,
        [pokemons],
      );
      const answer = await once(levelUpCommand(pokemons)).handler(input, [pokemons]);
      goOn();
      await expect(stuck).resolves.toStrictEqual(answer);
      await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([1]);
    });

    it('gives the answer of another call that acted meanwhile, if the handler then refuses', async () => {
      const input = newInput();
      const refusing = commandOf(async (store, { aggregateId }) => {
        if (!(await store.getAggregate(aggregateId)).aggregate) {
          await commandOf(async own => {
            await own.pushEvent(levelUp(aggregateId, 1));
            return 'done';
          }).handler(input, [pokemons]);
        }
        throw new Error('It has been done already.');
      });
      await expect(refusing.handler(input, [pokemons])).resolves.toBe('done');
    });

    it("runs again on a conflict, as often as Castore's command would", async () => {
      const input = newInput();
      let [runs, rivals] = [0, 2];
      const command = commandOf(async (store, { aggregateId }) => {
        runs += 1;
        const version = ((await store.getAggregate(aggregateId)).aggregate?.version ?? 0) + 1;
        await store.pushEvent(levelUp(aggregateId, version, 5));
        if (rivals-- > 0) await pokemons.pushEvent(levelUp(aggregateId, version));
        return version;
      });
      await expect(command.handler(input, [pokemons])).resolves.toBe(3);
      expect(runs).toBe(3);
      await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([1, 1, 5]);

      rivals = 3;
      const error = await rejection(command.handler(newInput(), [pokemons]));
      expect(error).toMatchObject({ code: 'EventAlreadyExistsError', version: 3 });
    });

    it.each([false, true])('can be part of another one, in one transaction with it (which fails: %s)', async fails => {
      const input = newInput();
      const inner = once(levelUpCommand(pokemons));
      const outer = once(
        new Command({
          commandId: 'OUTER',
          requiredEventStores: tuple(pokemons),
          handler: async (given: LevelUpInput, [store]) => {
            const { level } = await inner.handler(given, [store]);
            if (fails) throw new Error('no');
            return { doubled: 2 * level };
          },
        }),
      );
      if (fails) {
        await rejection(outer.handler(input, [pokemons]));
        await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([]);
        await inner.handler(input, [pokemons]);
        return;
      }
      await expect(outer.handler(input, [pokemons])).resolves.toStrictEqual({ doubled: 2 });
      const { TransactItems: parts } =
        requests.find(({ operation }) => operation === 'TransactWriteItems')?.input ?? {};
      expect(parts).toHaveLength(3);
      await expect(outer.handler(input, [pokemons])).resolves.toStrictEqual({ doubled: 2 });
      await expect(inner.handler(input, [pokemons])).resolves.toMatchObject({ level: 1 });
      await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([1]);
    });
  },
  undefined,
  EXACT_UNITS,
);
