import { readAllEvents } from '@castore-dynamodb/streams';
import { eventually } from '@castore-dynamodb/testing/eventually';

import { describeFeed } from './support/describeFeed.js';
import { push } from './support/eventStores.js';

describeFeed('a client that was away for too long', context => {
  const { pokemons, startFeed, follow } = context;

  it('catches up from the event store, and goes on live', async () => {
    const { url } = await startFeed();
    for (let version = 1; version <= 5; version++) await push(context, 'away', version);
    const since = (await pokemons.getEvents('away')).events[1]?.timestamp as string;

    // First the subscription, then the reading: what happens in between comes twice, and is told by its version.
    const live = follow({ url });
    await eventually(() => expect(live.subscription.state).toBe('live'));
    await push(context, 'away', 6);
    const versions: number[] = [];
    for await (const { event } of readAllEvents({ eventStores: [pokemons], from: since })) versions.push(event.version);
    await push(context, 'away', 7);
    await eventually(() => expect(live.events.at(-1)?.event.version).toBe(7));
    const last = versions.at(-1) as number;
    versions.push(...live.events.map(({ event }) => event.version).filter(version => version > last));
    expect(versions).toEqual([2, 3, 4, 5, 6, 7]);
  });
});
