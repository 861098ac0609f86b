import { type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { impatient } from '@castore-dynamodb/testing/impatient';
import { givenSeed, PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';
import { seededRandom } from '@castore-dynamodb/testing/seededRandom';

import { appendEvents } from '../../src/index.js';
import { describeOnEveryTable, newAggregateId } from '../support.js';
import { ANSWER_LOST, countBy, inTurn, randomFaults } from './support.js';

const [one, two] = [
  [{ type: 'POKEMON_LEVELED_UP', payload: { by: 1 } }] as const,
  [{ type: 'POKEMON_LEVELED_UP', payload: { by: 1 } }, { type: 'POKEMON_RELEASED' }] as const,
];

describeOnEveryTable(
  'appendEvents under faults',
  ({ engine, pokemons, connect }) => {
    let proxy: FaultProxy;
    beforeAll(async () => {
      proxy = await startFaultProxy(engine.endpoint);
    });
    beforeEach(() => {
      proxy.choose = () => undefined;
    });
    afterAll(() => proxy[Symbol.asyncDispose]());

    const faulty = (maxAttempts?: number) =>
      connect({ dynamoDbClient: engine.client({ endpoint: proxy.endpoint, ...impatient(maxAttempts) }) });

    it.each(ANSWER_LOST)('appends once if the answer is lost (%s)', async fault => {
      const aggregateId = newAggregateId();
      const store = faulty();
      proxy.choose = inTurn('PutItem', fault);
      const first = await appendEvents(store, aggregateId, one);
      proxy.choose = inTurn('TransactWriteItems', fault);
      const others = await appendEvents(store, aggregateId, two);
      await expect(pokemons.getEvents(aggregateId)).resolves.toStrictEqual({ events: [...first, ...others] });
    });

    it(
      'loses nothing that was acknowledged, appends nothing twice and leaves no gap, with 12 writers',
      async () => {
        const seed = givenSeed ?? Math.floor(Math.random() * 2 ** 31);
        const random = seededRandom(seed);
        proxy.choose = randomFaults(random);
        const aggregateId = `faulty-${seed}`;
        const [writers, appends] = [12, preset({ quick: 5, soak: 100 })];
        const acknowledged: string[] = [];
        const outcomes: string[] = [];
        await Promise.all(
          Array.from({ length: writers }, async (_, writer) => {
            for (let index = 0; index < appends; index++) {
              const names = [`${writer}-${index}`, ...(index % 3 === 0 ? [`${writer}-${index}-second`] : [])];
              const events = names.map(by => ({ type: 'POKEMON_LEVELED_UP', payload: { by: 1, source: by } }) as const);
              try {
                await appendEvents(faulty(2), aggregateId, events);
                acknowledged.push(...names);
                outcomes.push('acknowledged');
              } catch (error) {
                outcomes.push((error as Error).name);
              }
            }
          }),
        );
        await proxy.settled();

        const { events } = await pokemons.getEvents(aggregateId);
        const stored = events.map(event => (event.type === 'POKEMON_LEVELED_UP' ? String(event.payload.source) : ''));
        const faults = countBy(proxy.requests.flatMap(({ fault }) => fault ?? []));
        console.log(
          `${engine.name}, seed ${seed}: ${JSON.stringify(countBy(outcomes))}, ${acknowledged.length} events ` +
            `acknowledged, ${stored.length} stored; faults ${JSON.stringify(faults)}`,
        );
        expect(events.map(({ version }) => version)).toStrictEqual(stored.map((_, index) => index + 1));
        expect({ seed, twice: stored.filter((name, index) => stored.indexOf(name) !== index) }).toStrictEqual({
          seed,
          twice: [],
        });
        expect(acknowledged.filter(name => !stored.includes(name))).toStrictEqual([]);
        const torn = stored.filter(name => name.endsWith('second') && !stored.includes(name.replace('-second', '')));
        expect(torn).toStrictEqual([]);
        // A conflict is never the end: nobody gives up before all retries are used up.
        expect(outcomes).not.toContain('EventAlreadyExistsError');
      },
      PRESET_TIMEOUT_MS,
    );
  },
  ['single-table'],
);
