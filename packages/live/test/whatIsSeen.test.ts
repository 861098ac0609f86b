import { eventually } from '@castore-dynamodb/testing/eventually';

import type { Authorize, EventFilter } from '../src/index.js';
import { describeFeed, type Follower } from './support/describeFeed.js';
import { push } from './support/eventStores.js';

describeFeed('what a subscriber sees', context => {
  const { pokemons, trainers, startFeed, follow } = context;
  let round = 0;

  /** Events of both stores and of two types, in a new round, and a last one that everybody may see. */
  const happen = async (): Promise<void> => {
    round++;
    await push(context, `pikachu-${round}`);
    await pokemons.pushEvent({
      aggregateId: `pikachu-${round}`,
      version: 2,
      type: 'POKEMON_NAMED',
      payload: { name: 'P' },
    });
    await push(context, `onix-${round}`);
    await trainers.pushEvent({
      aggregateId: `ash-${round}`,
      version: 1,
      type: 'TRAINER_CREATED',
      payload: { name: 'A' },
    });
  };
  const seen = ({ events }: Follower): string[] =>
    events.map(({ event }) => `${event.aggregateId.replace(/-\d+$/, '')} ${event.version}`).toSorted();
  const EVERYTHING = ['ash 1', 'onix 1', 'pikachu 1', 'pikachu 2'];

  it('is what the query asks for, whatever characters are in it', async () => {
    const { url } = await startFeed();
    const query = 'filters=[{"aggregateId":{"regexp":"^re?d=[^?]*$"}}]&x=a?b';
    const response = await fetch(`${url}?${query}`, { headers: { accept: 'text/event-stream' } });
    expect(response.status).toBe(200);
    for (const id of ['red=1', 'rd=2', 'red=?', 'green=3']) await push(context, id);
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      if (text.includes('rd=2')) break;
    }
    expect([...text.matchAll(/"aggregateId":"(.*?)"/g)].map(([, id]) => id)).toEqual(['red=1', 'rd=2']);
  });

  it.each<[string, EventFilter[], string[]]>([
    ['everything', [{}], EVERYTHING],
    ['nothing', [], []],
    ['an event store', [{ eventStoreId: 'TRAINERS' }], ['ash 1']],
    ['types of a list', [{ type: ['POKEMON_NAMED', 'TRAINER_CREATED'] }], ['ash 1', 'pikachu 2']],
    [
      'all keys of a filter',
      [{ eventStoreId: 'POKEMONS', aggregateId: { regexp: '^pika' } }],
      ['pikachu 1', 'pikachu 2'],
    ],
    ['any of the filters', [{ aggregateId: { regexp: '^onix-' } }, { type: 'POKEMON_NAMED' }], ['onix 1', 'pikachu 2']],
  ])('is %s', async (_, filters, expected) => {
    const { url } = await startFeed();
    const all = follow({ url });
    const some = follow({ url, filters });
    await eventually(() => expect([all, some].map(({ subscription }) => subscription.state)).toEqual(['live', 'live']));
    await happen();
    await eventually(() => expect(seen(all)).toEqual(EVERYTHING));
    await eventually(() => expect(seen(some)).toEqual(expected));
  });

  it('is everything if the client names no filters', async () => {
    const { url } = await startFeed();
    const { subscription, ...follower } = follow({ url });
    await eventually(() => expect(subscription.state).toBe('live'));
    await happen();
    await eventually(() => expect(seen({ subscription, ...follower })).toEqual(EVERYTHING));
  });

  it.each<[string, Awaited<ReturnType<Authorize>>, string[]]>([
    ['event stores', { eventStoreIds: ['TRAINERS'] }, ['ash 1']],
    ['types', { types: ['POKEMON_NAMED'] }, ['pikachu 2']],
    ['nothing', { eventStoreIds: [] }, []],
    ['both', { eventStoreIds: ['POKEMONS'], types: ['POKEMON_CAUGHT'] }, ['onix 1', 'pikachu 1']],
  ])('is bounded by rights to %s, live, from memory and from the stream', async (_, rights, expected) => {
    const { url, feed } = await startFeed({ authorize: () => rights });
    const before = await startFeed();
    const start = follow({ url: before.url });
    await eventually(() => expect(start.subscription.state).toBe('live'));
    await push(context, `start-${++round}`);
    await trainers.pushEvent({
      aggregateId: `start-${round}`,
      version: 1,
      type: 'TRAINER_CREATED',
      payload: { name: '' },
    });
    await eventually(() => expect(start.events).toHaveLength(2));

    const live = follow({ url });
    await eventually(() => expect(live.subscription.state).toBe('live'));
    const { position } = live.subscription;
    await happen();
    await eventually(() => expect(start.events).toHaveLength(6));
    // A feed may read the first events of the stream after its client has come.
    const later = (follower: typeof live): string[] => seen(follower).filter(text => !text.startsWith('start'));
    await eventually(() => expect(later(live)).toEqual(expected));

    const fromMemory = follow({ url, after: position });
    await eventually(() => expect(later(fromMemory)).toEqual(expected));
    const fromStream = follow({
      url,
      after: start.events.find(({ event }) => event.version === 1 && event.aggregateId.startsWith('start'))?.position,
    });
    await eventually(() => expect(fromStream.subscription.state).toBe('live'));
    await eventually(() => expect(later(fromStream)).toEqual(expected));
    await feed.stop();
  });

  it('does not tell by positions what there is to see', async () => {
    const { url } = await startFeed({ authorize: () => ({ eventStoreIds: [] }) });
    const { subscription } = follow({ url });
    await eventually(() => expect(subscription.state).toBe('live'));
    await push(context, 'secret-pokemon');
    expect(subscription.position).not.toMatch(/secret|POKEMON/i);
  });
});
