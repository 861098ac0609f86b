import { eventually } from '@castore-dynamodb/testing/eventually';

import { describeGateway } from './support/describeGateway.js';
import { push } from './support/eventStores.js';

describeGateway('a live feed behind API Gateway', context => {
  const { pokemons, trainers, startGateway, follow } = context;

  it('shows what happens from now on, of each event store, and nothing of before', async () => {
    await push(context, 'before');
    const gateway = await startGateway();
    await gateway.follow();
    const { events, subscription } = follow({ url: gateway.standIn.url });
    await eventually(() => expect(subscription.state).toBe('live'));
    await push(context, 'after', 1, { level: 2n ** 70n });
    await trainers.pushEvent({ aggregateId: 'ash', version: 1, type: 'TRAINER_CREATED', payload: { name: 'Ash' } });

    await eventually(() => expect(events).toHaveLength(2));
    const caught = events.find(({ eventStoreId }) => eventStoreId === 'POKEMONS');
    const { events: stored } = await pokemons.getEvents('after');
    expect(caught?.event).toEqual(stored[0]);
    expect(events.map(({ event }) => event.aggregateId).toSorted()).toEqual(['after', 'ash']);
    expect(gateway.errors).toEqual([]);
  });

  it('shows the new events of an aggregate that was there before, and no older ones', async () => {
    await push(context, 'old');
    await push(context, 'old', 2);
    const gateway = await startGateway();
    const { events, subscription } = follow({ url: gateway.standIn.url });
    await eventually(() => expect(subscription.state).toBe('live'));
    await gateway.follow();
    await push(context, 'old', 3);
    await eventually(() => expect(events.map(({ event }) => event.version)).toEqual([3]));
  });

  it('goes on after a position, and shows what came meanwhile once and in order', async () => {
    const gateway = await startGateway();
    await gateway.follow();
    const { url } = gateway.standIn;
    const first = follow({ url });
    await eventually(() => expect(first.subscription.state).toBe('live'));
    for (let version = 1; version <= 3; version++) await push(context, 'resumed', version);
    await eventually(() => expect(first.events).toHaveLength(3));
    first.subscription.close();
    for (let version = 4; version <= 6; version++) await push(context, 'resumed', version);
    const { events } = follow({ url, after: first.events[0]?.position });
    await eventually(() => expect(events.map(({ event }) => event.version)).toEqual([2, 3, 4, 5, 6]));
    expect(gateway.errors).toEqual([]);
  });

  it('shows events that are longer than a message of API Gateway, and many short ones in few', async () => {
    const gateway = await startGateway();
    const { standIn } = gateway;
    const { events, subscription } = follow({ url: standIn.url });
    await eventually(() => expect(subscription.state).toBe('live'));
    const long = `${'"\\\n\u0001é漢🦊'.repeat(4_000)}${'x'.repeat(150_000)}`;
    await push(context, 'long', 1, { long });
    for (let version = 2; version <= 40; version++) await push(context, 'long', version, { short: version });
    standIn.posts.length = 0;
    const mapping = await gateway.follow();
    await push(context, 'long', 41);
    await eventually(() => expect(events).toHaveLength(41));
    const { events: stored } = await pokemons.getEvents('long');
    expect(events.map(({ event }) => event)).toEqual(stored);
    expect(Math.max(...standIn.posts.map(({ size }) => size))).toBeLessThanOrEqual(32 * 1024);
    expect(standIn.posts.length).toBeLessThan(20);
    expect(mapping.errors).toEqual([]);
  });

  it('shows what is allowed and wanted, and sends nothing else', async () => {
    const gateway = await startGateway({ authorize: () => ({ types: ['POKEMON_CAUGHT'] }) });
    const { standIn } = gateway;
    await gateway.follow();
    const all = follow({ url: standIn.url });
    const some = follow({ url: standIn.url, filters: [{ aggregateId: ['a', 'b#%'] }, { aggregateId: '__proto__' }] });
    const fitting = follow({ url: standIn.url, filters: [{ aggregateId: { regexp: '^b' } }] });
    const none = follow({ url: standIn.url, filters: [] });
    const followers = [all, some, fitting, none];
    await eventually(() =>
      expect(followers.map(({ subscription }) => subscription.state)).toEqual(Array(4).fill('live')),
    );
    for (const id of ['a', 'b#%', '__proto__', 'c']) await push(context, id);
    await pokemons.pushEvent({ aggregateId: 'a', version: 2, type: 'POKEMON_NAMED', payload: { name: 'hidden' } });
    await push(context, 'a', 3);
    const seen = ({ events }: (typeof followers)[0]) => events.map(({ event }) => event.aggregateId).toSorted();
    await eventually(() => expect(seen(all)).toHaveLength(5));
    await eventually(() =>
      expect(followers.map(seen)).toEqual([
        ['__proto__', 'a', 'a', 'b#%', 'c'],
        ['__proto__', 'a', 'a', 'b#%'],
        ['b#%'],
        [],
      ]),
    );
    expect(standIn.posts.some(({ text }) => text.includes('hidden'))).toBe(false);
  });
});
