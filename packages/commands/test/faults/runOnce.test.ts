import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { Command, EventStore, tuple } from '@castore/core';
import { type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { impatient } from '@castore-dynamodb/testing/impatient';
import { givenSeed, PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';
import { seededRandom } from '@castore-dynamodb/testing/seededRandom';

import { retryOnConflict } from '../../src/index.js';
import { describeWithResults, type LevelUpInput, levelUpCommand, newRequestId } from '../runOnce/support.js';
import { levelUp, newAggregateId, type Pokemons, rejection } from '../support.js';
import { ANSWER_LOST, countBy, inTurn, randomFaults } from './support.js';

const doNothing = (pokemons: Pokemons) =>
  new Command({
    commandId: 'DO_NOTHING',
    requiredEventStores: tuple(pokemons),
    handler: async ({ aggregateId }: LevelUpInput, [store]) => {
      await store.getAggregate(aggregateId);
      return { at: performance.now() };
    },
  });

const levelUpTwice = (pokemons: Pokemons) =>
  new Command({
    commandId: 'DEPOSIT_TWICE',
    requiredEventStores: tuple(pokemons),
    handler: async ({ aggregateId }: LevelUpInput, [store]) => {
      const { aggregate } = await store.getAggregate(aggregateId);
      const version = (aggregate?.version ?? 0) + 1;
      await EventStore.pushEventGroup(
        store.groupEvent(levelUp(aggregateId, version)),
        store.groupEvent(levelUp(aggregateId, version + 1)),
      );
      return { version, at: performance.now() };
    },
  });

describeWithResults(
  'runOnce under faults',
  ({ engine, pokemons, connect, once }) => {
    let proxy: FaultProxy;
    beforeAll(async () => {
      proxy = await startFaultProxy(engine.endpoint);
    });
    beforeEach(() => {
      proxy.choose = () => undefined;
      proxy.requests.splice(0);
    });
    afterAll(() => proxy[Symbol.asyncDispose]());

    const faulty = (config: Partial<DynamoDBClientConfig> = {}, options: { gapless?: boolean } = {}) => {
      const client = engine.client({ endpoint: proxy.endpoint, ...config });
      return { client, store: connect({ dynamoDbClient: client, ...options }) };
    };
    const newInput = (): LevelUpInput => ({ aggregateId: newAggregateId(), requestId: newRequestId() });
    const countOf = async (aggregateId: string): Promise<number> =>
      (await pokemons.getEvents(aggregateId)).events.length;

    describe.each(ANSWER_LOST)('that lose answers (%s)', fault => {
      it.each(['TransactWriteItems', 'Query'])('acts once, in one run (%s)', async operation => {
        const { client, store } = faulty(impatient());
        const input = newInput();
        let runs = 0;
        proxy.choose = inTurn(operation, fault);
        const answer = await once(
          levelUpCommand(store, () => runs++),
          client,
        ).handler(input, [store]);
        expect(runs).toBe(1);
        await expect(countOf(input.aggregateId)).resolves.toBe(1);
        await expect(once(levelUpCommand(pokemons)).handler(input, [pokemons])).resolves.toStrictEqual(answer);
      });

      it('stores the result of a command that pushes nothing once', async () => {
        const { client, store } = faulty(impatient());
        const input = newInput();
        proxy.choose = inTurn('PutItem', fault);
        const answer = await once(doNothing(store), client).handler(input, [store]);
        await expect(once(doNothing(pokemons)).handler(input, [pokemons])).resolves.toStrictEqual(answer);
      });
    });

    it('answers though the answer to its transaction is lost for good', async () => {
      const { client, store } = faulty({ maxAttempts: 1 });
      const input = newInput();
      proxy.choose = inTurn('TransactWriteItems', 'reset after');
      await expect(once(levelUpCommand(store), client).handler(input, [store])).resolves.toMatchObject({ level: 1 });
      await expect(countOf(input.aggregateId)).resolves.toBe(1);
    });

    it("fails with the SDK's error if nothing can be learnt, and answers later", async () => {
      const { client, store } = faulty({ maxAttempts: 1 });
      const input = newInput();
      let isDown = false;
      proxy.choose = ({ operation }) => {
        if (isDown) return 'reset before';
        isDown = operation === 'TransactWriteItems';
        return isDown ? 'reset after' : undefined;
      };
      const error = await rejection(once(levelUpCommand(store), client).handler(input, [store]));
      expect(error).toMatchObject({ $metadata: expect.anything() });
      let runs = 0;
      await expect(once(levelUpCommand(pokemons, () => runs++)).handler(input, [pokemons])).resolves.toMatchObject({
        level: 1,
      });
      expect(runs).toBe(0);
    });

    it('acts once if its transaction reaches DynamoDB when a repetition has acted', async () => {
      const { client, store } = faulty(impatient(1));
      const input = newInput();
      proxy.choose = inTurn('TransactWriteItems', 'late request');
      await rejection(once(levelUpCommand(store), client).handler(input, [store])).catch(() => {});
      const answer = await once(levelUpCommand(pokemons)).handler(input, [pokemons]);
      await proxy.settled();
      await expect(countOf(input.aggregateId)).resolves.toBe(1);
      await expect(once(levelUpCommand(pokemons)).handler(input, [pokemons])).resolves.toStrictEqual(answer);
    });

    it.each<[string, typeof levelUpCommand | typeof doNothing, string]>([
      ['an event', levelUpCommand, 'TransactWriteItems'],
      ['nothing', doNothing, 'PutItem'],
    ])(
      'gives up with a coded error if another call is being written all the time (%s)',
      async (_, command, operation) => {
        const { client, store } = faulty();
        const input = newInput();
        // The proxy blames the last item of a transaction, which is the result.
        proxy.choose = request => (request.operation === operation ? 'transaction conflict' : undefined);
        const error = await rejection(once(command(store), client).handler(input, [store]));
        expect(error).toMatchObject({ code: 'CommandUnderWayError' });
        expect(proxy.requests.filter(request => request.operation === operation)).toHaveLength(8);
        await expect(countOf(input.aggregateId)).resolves.toBe(0);
        proxy.choose = inTurn(operation, 'transaction conflict', 'transaction conflict');
        await once(command(store), client).handler(input, [store]);
      },
    );

    it.each([
      ['an event', levelUpCommand, 1, 4],
      ['a group', levelUpTwice, 2, 4],
      ['nothing', doNothing, 0, 3],
    ] as const)(
      'acts once, wherever its process dies (%s)',
      async (name, command, events, requests) => {
        const outcomes: string[] = [];
        for (const deadly of ['reset before', 'reset after'] as const) {
          for (let last = 0, died = true; died; last++) {
            const { client, store } = faulty({ maxAttempts: 1 }, { gapless: true });
            const input = newInput();
            await pokemons.pushEvent(levelUp(input.aggregateId, 1));
            // The requests up to one come through, that one is the last, and its process hears no more.
            proxy.requests.splice(0);
            proxy.choose = ({ index }) => (index < last ? undefined : index === last ? deadly : 'reset before');
            died = await rejection(once(command(store) as Command, client).handler(input, [store])).then(
              () => true,
              () => false,
            );

            const again = once(command(pokemons) as Command);
            const answers = [await again.handler(input, [pokemons]), await again.handler(input, [pokemons])];
            expect(answers[0]).toStrictEqual(answers[1]);
            await expect(countOf(input.aggregateId)).resolves.toBe(1 + events);
            outcomes.push(died ? `died at request ${last} (${deadly})` : 'came through');
          }
        }
        console.log(`${engine.name}, a command that pushes ${name}: ${outcomes.join('; ')}`);
        expect(outcomes).toHaveLength(2 * (requests + 1));
      },
      60_000,
    );

    it(
      'acts once for each key, and answers the same to all, under random faults',
      async () => {
        const seed = givenSeed ?? Math.floor(Math.random() * 2 ** 31);
        const random = seededRandom(seed);
        proxy.choose = randomFaults(random);
        const [keys, deliveries, aggregates] = [preset({ quick: 50, soak: 1000 }), 3, 4];
        const inputs = Array.from({ length: keys }, (_, index) => ({
          aggregateId: `shared-${seed}-${index % aggregates}`,
          requestId: `${seed}-${index}`,
        }));
        let runs = 0;
        const outcomes: string[] = [];
        const answers = new Map<string, Set<string>>(inputs.map(({ requestId }) => [requestId, new Set()]));

        const deliver = async (input: LevelUpInput): Promise<void> => {
          for (let attempt = 1; attempt <= 40; attempt++) {
            const { client, store } = faulty(impatient(2));
            const command = once(
              Object.assign(
                levelUpCommand(store, () => runs++),
                retryOnConflict(),
              ),
              client,
            );
            try {
              answers.get(input.requestId)?.add(JSON.stringify(await command.handler(input, [store])));
              outcomes.push('answered');
              return;
            } catch (error) {
              outcomes.push(String((error as { name?: unknown }).name));
            }
          }
          throw new Error('It never came through.');
        };
        const queue = inputs.flatMap(input => Array.from({ length: deliveries }, () => input));
        queue.sort(() => random() - 0.5);
        await Promise.all(
          Array.from({ length: 12 }, async () => {
            for (let input = queue.pop(); input !== undefined; input = queue.pop()) await deliver(input);
          }),
        );
        await proxy.settled();

        const stored: string[] = [];
        for (const aggregateId of new Set(inputs.map(input => input.aggregateId))) {
          const { events } = await pokemons.getEvents(aggregateId);
          expect(events.map(({ version }) => version)).toStrictEqual(events.map((_, index) => index + 1));
          stored.push(
            ...events.map(event => (event.type === 'POKEMON_LEVELED_UP' ? String(event.payload.source) : '')),
          );
        }
        const faults = countBy(proxy.requests.flatMap(({ fault }) => fault ?? []));
        console.log(
          `${engine.name}, seed ${seed}: ${keys} keys, ${keys * deliveries} deliveries, ${runs} runs of the handler, ` +
            `${stored.length} events; ${JSON.stringify(countBy(outcomes))}; faults ${JSON.stringify(faults)}`,
        );
        expect({ seed, acted: stored.toSorted() }).toStrictEqual({
          seed,
          acted: inputs.map(({ requestId }) => requestId).toSorted(),
        });
        expect([...answers.values()].filter(({ size }) => size !== 1)).toStrictEqual([]);
      },
      PRESET_TIMEOUT_MS,
    );
  },
  ['single-table'],
);
