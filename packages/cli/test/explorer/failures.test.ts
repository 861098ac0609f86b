import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import type { EventsPage } from '../../src/explorer/api.js';
import { interruptible } from '../../src/explorer/interruptible.js';
import { problemOf } from '../../src/explorer/problem.js';
import { type RunningExplorer, startExplorer } from './startExplorer.js';

describeOnEveryLayout(
  'the explorer, if something answers badly',
  ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient }) => {
    let proxy: FaultProxy;
    let explorer: RunningExplorer;
    beforeAll(async () => {
      const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
      await pokemons.pushEvent({ aggregateId: 'pikachu', version: 1, type: 'POKEMON_RELEASED' });
      proxy = await startFaultProxy(engine.endpoint);
      explorer = await startExplorer({ table: tableName, endpointUrl: proxy.endpoint });
      await explorer.data('events', { store: 'POKEMONS', aggregate: 'pikachu' });
    });
    afterAll(async () => {
      await explorer.close();
      await proxy[Symbol.asyncDispose]();
    });

    const events = () => explorer.view<EventsPage>('events', { store: 'POKEMONS', aggregate: 'pikachu' });

    it('counts each request that was sent again', async () => {
      let left = 2;
      proxy.choose = () => (left-- > 0 ? 'server error before' : undefined);
      expect(await events()).toMatchObject({ data: { lastVersion: 1 }, cost: { requests: 3 } });
      const before = proxy.requests.length;
      proxy.choose = () => 'server error before';
      const { cost } = await events();
      expect(cost.requests).toBe(proxy.requests.length - before);
      expect(cost.requests).toBeGreaterThan(1);
    });

    it('says that something else than AWS has answered', async () => {
      proxy.choose = () => 'short body';
      const answer = await events();
      expect(answer).toMatchObject({
        problem: {
          message: expect.stringMatching(/not from AWS \(HTTP 200\): it is not JSON/),
          advice: expect.stringContaining('--endpoint-url'),
        },
      });
    });
  },
  { layouts: ['single-table'], engines: 'one' },
);

it.each([
  ['TimeoutError', 'ECONNRESET', 'TimeoutError'],
  ['Error', 'ECONNRESET', 'ECONNRESET'],
  ['AggregateError', 'ECONNREFUSED', 'AggregateError'],
])('says what to check after a broken connection: %s with %s', (name, code, shown) => {
  const error = Object.assign(new Error('aborted'), { name, code });
  expect(problemOf(error)).toMatchObject({ code: shown, advice: expect.stringContaining('--endpoint-url') });
});

it('has advice for an event that the schema of the configuration refuses', () => {
  const error = Object.assign(new Error('no'), { name: 'InvalidEventError', code: 'InvalidEventError' });
  expect(problemOf(error)).toMatchObject({ code: 'InvalidEventError', advice: expect.stringContaining('schema') });
});

it('leaves Ctrl-C to the system while code of the configuration may run, and gives it back', async () => {
  const calls: string[] = [];
  const always = () => void calls.push('always');
  const before = process.rawListeners('SIGINT').length;
  process.on('SIGINT', always);
  process.once('SIGINT', () => void calls.push('once'));
  let end = (): void => {};
  const first = interruptible(() => new Promise<void>(resolve => (end = resolve)));
  await expect(interruptible(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(process.listenerCount('SIGINT')).toBe(0);
  end();
  await first;
  expect(process.listenerCount('SIGINT')).toBe(before + 2);
  if (before === 0) {
    process.emit('SIGINT');
    process.emit('SIGINT');
    expect(calls).toEqual(['always', 'once', 'always']);
  }
  process.off('SIGINT', always);
});
