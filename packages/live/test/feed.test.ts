import { eventually } from '@castore-dynamodb/testing/eventually';

import { describeFeed } from './support/describeFeed.js';
import { push } from './support/eventStores.js';
import { describeTransports } from './support/transports.js';

describeFeed('a live feed', context => {
  const { pokemons, trainers, startFeed, follow } = context;

  describeTransports(transport => {
    const id = (name: string): string => `${name} over ${transport}`;

    it('shows what happens from now on, of each event store, and nothing of before', async () => {
      await push(context, id('before'));
      const { url } = await startFeed();
      const { events, subscription } = follow({ url });
      await eventually(() => expect(subscription.state).toBe('live'));
      await push(context, id('after'), 1, { level: 5 });
      await trainers.pushEvent({
        aggregateId: id('ash'),
        version: 1,
        type: 'TRAINER_CREATED',
        payload: { name: 'Ash' },
      });

      await eventually(() => expect(events).toHaveLength(2));
      const caught = events.find(({ eventStoreId }) => eventStoreId === 'POKEMONS');
      const { events: stored } = await pokemons.getEvents(id('after'));
      expect(caught?.event).toEqual(stored[0]);
      expect(events.map(({ event }) => event.aggregateId).toSorted()).toEqual([id('after'), id('ash')]);
    });

    it('shows the events of an aggregate in order, and each once', async () => {
      const { url } = await startFeed();
      const { events, subscription } = follow({ url });
      await eventually(() => expect(subscription.state).toBe('live'));
      for (let version = 1; version <= 30; version++) await push(context, id('ordered'), version);
      await eventually(() => expect(events.length).toBeGreaterThanOrEqual(30));
      expect(events.map(({ event }) => event.version)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
      await pokemons.pushEvent({
        aggregateId: id('ordered'),
        version: 31,
        type: 'POKEMON_NAMED',
        payload: { name: 'x' },
      });
      await eventually(() => expect(events).toHaveLength(31));
    });

    it('goes on after a position, on the same process', async () => {
      const { url } = await startFeed();
      const first = follow({ url });
      await eventually(() => expect(first.subscription.state).toBe('live'));
      await push(context, id('resumed-1'));
      await push(context, id('resumed-2'));
      await eventually(() => expect(first.events).toHaveLength(2));
      first.subscription.close();
      await push(context, id('resumed-3'));

      const { events } = follow({ url, after: first.events[0]?.position });
      await eventually(() => expect(events).toHaveLength(2));
      expect(events.map(({ event }) => event.aggregateId)).toEqual([id('resumed-2'), id('resumed-3')]);
    });

    it('goes on after a position on another process, and misses nothing', async () => {
      const { url, feed } = await startFeed();
      const first = follow({ url });
      await eventually(() => expect(first.subscription.state).toBe('live'));
      await push(context, id('moved-1'));
      await eventually(() => expect(first.events).toHaveLength(1));
      await push(context, id('moved-2'));
      await eventually(() => expect(first.events).toHaveLength(2));
      first.subscription.close();
      await feed.stop();
      await push(context, id('moved-3'));
      await trainers.pushEvent({
        aggregateId: id('brock'),
        version: 1,
        type: 'TRAINER_CREATED',
        payload: { name: 'B' },
      });

      const other = await startFeed();
      const { events } = follow({ url: other.url, after: first.events[0]?.position });
      await eventually(() => expect(events).toHaveLength(3));
      await push(context, id('moved-4'));
      await eventually(() => expect(events).toHaveLength(4));
      expect(events.map(({ event }) => event.aggregateId).toSorted()).toEqual([
        id('brock'),
        id('moved-2'),
        id('moved-3'),
        id('moved-4'),
      ]);
    });

    it('goes on after a position from before the first event on another process, and shows nothing of before', async () => {
      await push(context, id('old'));
      const { url, feed } = await startFeed();
      const { subscription } = follow({ url });
      await eventually(() => expect(subscription.state).toBe('live'));
      const { position } = subscription;
      subscription.close();
      await feed.stop();
      await push(context, id('new'));

      const other = await startFeed();
      const { events } = follow({ url: other.url, after: position });
      await eventually(() => expect(events).toHaveLength(1));
      expect(events[0]?.event.aggregateId).toBe(id('new'));
    });
  });
});
