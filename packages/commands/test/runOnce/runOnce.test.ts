import { Command, tuple } from '@castore/core';

import { costs, deposit, operations, rejection } from '../support.js';
import { barrier, type DepositInput, depositCommand, describeWithResults, newInput, newRequestId } from './support.js';

describeWithResults(
  'runOnce',
  ({ accounts, amountsOf, commandOf, connect, dynamoDbClient, engine, once, requests }) => {
    it('acts once, and answers the same to every later call', async () => {
      const input = newInput();
      let runs = 0;
      const command = once(depositCommand(accounts, () => runs++));
      const first = await command.handler(input, [accounts]);
      expect(first).toStrictEqual({ balance: 1, version: 1, timestamp: expect.any(String) });
      expect(operations(requests)).toStrictEqual(['Query', 'Query', 'TransactWriteItems']);
      // A read of each; in the transaction two for the event, one for its index entry, two for the result.
      const units = requests.map(request => request.units);
      if (engine.engine === 'dynoxide') expect(units).toStrictEqual([expect.any(Number), expect.any(Number), 5]);
      requests.splice(0);

      for (const client of [dynamoDbClient, engine.client()]) {
        const again = once(
          depositCommand(connect(), () => runs++),
          client,
        );
        await expect(again.handler({ ...input }, [connect()])).resolves.toStrictEqual(first);
      }
      expect(costs(requests)).toStrictEqual(['Query 1']);
      expect(runs).toBe(1);
      await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
      const { events } = await accounts.getEvents(input.aggregateId);
      expect(events[0]?.timestamp).toBe(first.timestamp);
    });

    it('acts anew for another key, and for the same key of another command', async () => {
      const input = newInput();
      const command = once(depositCommand(accounts));
      await command.handler(input, [accounts]);
      await command.handler({ ...input, requestId: newRequestId() }, [accounts]);
      const other = depositCommand(accounts);
      await once(Object.assign(other, { commandId: 'DEPOSIT_OTHERWISE' })).handler(input, [accounts]);
      await expect(amountsOf(input.aggregateId)).resolves.toHaveLength(3);
    });

    it('is a command with the same id, event stores, options and class', () => {
      class OwnCommand extends Command {
        inputSchema = { type: 'object' };
      }
      const onEventAlreadyExists = async () => {};
      const own = new OwnCommand({
        commandId: 'OWN',
        requiredEventStores: [accounts],
        eventAlreadyExistsRetries: 7,
        onEventAlreadyExists,
        handler: async () => 1,
      });
      const command = once(own);
      expect(command).toBeInstanceOf(OwnCommand);
      expect(command).toMatchObject({
        commandId: 'OWN',
        requiredEventStores: [accounts],
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
            return once(depositCommand(store, everyone), client).handler(input, [store]);
          }),
        );
        expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
        await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
      }
    });

    it('keeps nobody waiting for a handler that never ends', async () => {
      const input = newInput();
      let goOn = (): void => {};
      const stuck = once(depositCommand(accounts, () => new Promise<void>(resolve => (goOn = resolve)))).handler(
        input,
        [accounts],
      );
      const answer = await once(depositCommand(accounts)).handler(input, [accounts]);
      goOn();
      await expect(stuck).resolves.toStrictEqual(answer);
      await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
    });

    it('gives the answer of another call that acted meanwhile, if the handler then refuses', async () => {
      const input = newInput();
      const refusing = commandOf(async (store, { aggregateId }) => {
        if (!(await store.getAggregate(aggregateId)).aggregate) {
          await commandOf(async own => {
            await own.pushEvent(deposit(aggregateId, 1));
            return 'done';
          }).handler(input, [accounts]);
        }
        throw new Error('It has been done already.');
      });
      await expect(refusing.handler(input, [accounts])).resolves.toBe('done');
    });

    it("runs again on a conflict, as often as Castore's command would", async () => {
      const input = newInput();
      let [runs, rivals] = [0, 2];
      const command = commandOf(async (store, { aggregateId }) => {
        runs += 1;
        const version = ((await store.getAggregate(aggregateId)).aggregate?.version ?? 0) + 1;
        await store.pushEvent(deposit(aggregateId, version, 5));
        if (rivals-- > 0) await accounts.pushEvent(deposit(aggregateId, version));
        return version;
      });
      await expect(command.handler(input, [accounts])).resolves.toBe(3);
      expect(runs).toBe(3);
      await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1, 1, 5]);

      rivals = 3;
      const error = await rejection(command.handler(newInput(), [accounts]));
      expect(error).toMatchObject({ code: 'EventAlreadyExistsError', version: 3 });
    });

    it.each([false, true])('can be part of another one, in one transaction with it (which fails: %s)', async fails => {
      const input = newInput();
      const inner = once(depositCommand(accounts));
      const outer = once(
        new Command({
          commandId: 'OUTER',
          requiredEventStores: tuple(accounts),
          handler: async (given: DepositInput, [store]) => {
            const { balance } = await inner.handler(given, [store]);
            if (fails) throw new Error('no');
            return { doubled: 2 * balance };
          },
        }),
      );
      if (fails) {
        await rejection(outer.handler(input, [accounts]));
        await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([]);
        await inner.handler(input, [accounts]);
        return;
      }
      await expect(outer.handler(input, [accounts])).resolves.toStrictEqual({ doubled: 2 });
      const { TransactItems: parts } =
        requests.find(({ operation }) => operation === 'TransactWriteItems')?.input ?? {};
      expect(parts).toHaveLength(3);
      await expect(outer.handler(input, [accounts])).resolves.toStrictEqual({ doubled: 2 });
      await expect(inner.handler(input, [accounts])).resolves.toMatchObject({ balance: 1 });
      await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
    });
  },
);
