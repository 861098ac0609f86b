import type { EventDetail } from '@castore/core';

import type { Checks } from '../check.js';
import { assertEqual, assertStored } from '../support/assertions.js';
import { caught, newAggregateId } from '../support/events.js';
import { POKEMONS, type TestStore, TRAINERS } from '../support/testStores.js';

const HOSTILE_IDS = [
  'a b| a|a |.|..|/|a/b|a\\b|%23|?|&a=b|*|a:b|a_b|a-b|0|-1|#|##|#a|a#|a#b|"|\'|`|$|${a}|a\' or \'1\'=\'1|<a>|{"S":"a"}|[]',
  'é|e\u0301|日本語|👩‍👩‍👧‍👦|\u{10ffff}|\u202e|\u0000|\n|\t|A|a|null|undefined|true|NaN|[object Object]',
  '__proto__|constructor|prototype|toString|hasOwnProperty|length',
]
  .flatMap(list => list.split('|'))
  .concat('|', 'a|b');

/** Pushes an event with the id as its payload, and tells whether the store took it. */
const push = async (store: TestStore, aggregateId: string): Promise<EventDetail | undefined> => {
  const event = caught(aggregateId, 1, { payload: { of: store.eventStoreId, aggregateId } });
  return store.push(event).then(
    () => event,
    () => undefined,
  );
};

/** Fails unless each of the aggregates has its own event alone, or was refused and has none. */
const assertApartOrRefused = async (aggregates: readonly (readonly [TestStore, string])[]): Promise<void> => {
  const events: (EventDetail | undefined)[] = [];
  for (const [store, aggregateId] of aggregates) events.push(await push(store, aggregateId));

  for (const [index, [store, aggregateId]] of aggregates.entries()) {
    const event = events[index];
    // If an id is refused, reading it may be refused as well.
    if (event === undefined) assertEqual(await store.read(aggregateId).catch(() => []), []);
    else await assertStored(store, aggregateId, [event]);
  }
};

export const ids = {
  'aggregate ids hold any character': {
    promise:
      'An aggregate id may hold separators, quotes, control characters, `__proto__` and any script, and comes back as it is.',
    run: async stores => {
      const store = await stores.open(`${POKEMONS}-of-any-id`);
      const pushed = await Promise.all(HOSTILE_IDS.map(async id => [id, await push(store, id)] as const));
      const read = await Promise.all(pushed.map(async ([id]) => [id, (await store.read(id).catch(() => []))[0]]));
      assertEqual(
        read,
        HOSTILE_IDS.map(id => [id, caught(id, 1, { payload: { of: store.eventStoreId, aggregateId: id } })]),
      );
    },
  },
  'ids are never cut or mended': {
    promise:
      'Ids that the storage cannot keep (too long, or with half a surrogate pair) are refused; no two become one.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const id = newAggregateId();
      const long = id.padEnd(100_000, '-');
      const endings = [`${id}\ud800`, `${id}\ud801`, `${id}\ufffd`, `${long}1`, `${long}2`];
      await assertApartOrRefused(endings.map(ending => [store, ending] as const));
    },
  },
  'event stores are apart': {
    promise: 'Two event stores may use the same aggregate ids; neither reads, overwrites or conflicts with the other.',
    run: async stores => {
      const [pokemons, trainers] = await Promise.all([stores.open(POKEMONS), stores.open(TRAINERS)]);
      const aggregateId = newAggregateId();
      const caughtPokemon = caught(aggregateId, 1, { payload: 'pokemon' });
      await pokemons.push(caughtPokemon);
      await assertStored(trainers, aggregateId, []);

      const registered = caught(aggregateId, 1, { type: 'TRAINER_REGISTERED', payload: 'trainer' });
      await trainers.push(registered);
      await trainers.push(caught(aggregateId, 2, { type: 'TRAINER_REGISTERED' }), { force: true });
      await assertStored(pokemons, aggregateId, [caughtPokemon]);
      assertEqual((await trainers.read(aggregateId, { maxVersion: 1 }))[0], registered);
    },
  },
  'ids do not run together': {
    promise:
      'Event store `A` with aggregate `B#1` and event store `A#B` with aggregate `1` are apart, or one is refused.',
    run: async stores => {
      for (const separator of ['#', ':']) {
        const [outer, inner] = await Promise.all([stores.open('A'), stores.open(`A${separator}B`)]);
        const id = newAggregateId();
        await assertApartOrRefused([
          [outer, `B${separator}${id}`],
          [inner, id],
        ]);
      }
    },
  },
} satisfies Checks;
