import { expectTypeOf } from 'expect-type';

import {
  LiveError,
  type LiveErrorCode,
  type LiveEvent,
  type LiveState,
  type Subscription,
  subscribe,
} from '../src/client/index.js';
import type { Pokemons, Trainers } from './support/eventStores.js';

const url = 'https://example.com/events';

// An event has the type of its event store, which its id tells.
const subscription = subscribe<Pokemons | Trainers>({ url });
expectTypeOf(subscription).toEqualTypeOf<Subscription<Pokemons | Trainers>>();
expectTypeOf(subscription.state).toEqualTypeOf<LiveState>();
expectTypeOf(subscription.position).toEqualTypeOf<string | undefined>();

type Seen = LiveEvent<Pokemons | Trainers>;
expectTypeOf<Seen['eventStoreId']>().toEqualTypeOf<'POKEMONS' | 'TRAINERS'>();
expectTypeOf<Seen['position']>().toEqualTypeOf<string>();
expectTypeOf<Extract<Seen, { eventStoreId: 'TRAINERS' }>['event']['type']>().toEqualTypeOf<'TRAINER_CREATED'>();
expectTypeOf<Extract<Seen, { eventStoreId: 'POKEMONS' }>['event']['type']>().toEqualTypeOf<
  'POKEMON_CAUGHT' | 'POKEMON_NAMED'
>();

export const show = async (): Promise<void> => {
  for await (const { eventStoreId, event } of subscription) {
    if (eventStoreId === 'TRAINERS') {
      expectTypeOf(event.payload).toEqualTypeOf<{ name: string }>();
      // @ts-expect-error A trainer is not caught.
      if (event.type === 'POKEMON_CAUGHT') return;
    } else if (event.type === 'POKEMON_NAMED') {
      expectTypeOf(event.payload).toEqualTypeOf<{ name: string }>();
      // @ts-expect-error There is no such member.
      console.log(event.payload.level);
    }
    // @ts-expect-error There is no such event store.
    if (eventStoreId === 'TRAINER') return;
  }
};

// Without event stores, it is any event.
expectTypeOf(subscribe({ url })).toEqualTypeOf<Subscription>();

subscribe({ url: async () => url, filters: [{ type: ['A', 'B'], aggregateId: { regexp: '^a' } }], after: 'x' });
subscribe({ url, onState: state => expectTypeOf(state).toEqualTypeOf<LiveState>() });
// @ts-expect-error A subscription has an address.
subscribe({});
// @ts-expect-error There is no such key.
subscribe({ url, filters: [{ eventType: 'A' }] });
// @ts-expect-error Regular expressions are text, of RE2's syntax.
subscribe({ url, filters: [{ type: /A/ }] });
// @ts-expect-error There is no such option.
subscribe({ url, since: 'yesterday' });
// @ts-expect-error A subscription is of event stores.
subscribe<string>({ url });

expectTypeOf(new LiveError('PositionExpiredError', '').code).toEqualTypeOf<LiveErrorCode>();
