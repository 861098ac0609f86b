import type { Checks } from '../check.js';
import { areEqual, assertEqual } from '../support/assertions.js';
import { caught, newAggregateId } from '../support/events.js';
import { POKEMONS, type TestStore, type TestStores } from '../support/testStores.js';
import {
  BIGINTS,
  BINARIES,
  HARDLY_STORABLE_VALUES,
  HOSTILE_KEYS,
  JSON_VALUES,
  SETS,
  type Values,
} from '../support/values.js';

type Outcome = 'kept' | 'refused' | 'altered' | 'refused, but written';

const outcomeOf = async (store: TestStore, makeValue: () => unknown): Promise<Outcome> => {
  const aggregateId = newAggregateId();
  const makeEvent = () => caught(aggregateId, 1, { payload: makeValue(), metadata: { value: makeValue() } });
  const accepted = await store.push(makeEvent()).then(
    () => true,
    () => false,
  );
  const events = await store.read(aggregateId);
  if (!accepted) return events.length === 0 ? 'refused' : 'refused, but written';
  return areEqual(events, [makeEvent()]) ? 'kept' : 'altered';
};

const outcomesOf = async (stores: TestStores, values: Values): Promise<Record<string, Outcome>> => {
  const store = await stores.open(POKEMONS);
  const outcomes = Object.entries(values).map(async ([kind, make]) => [kind, await outcomeOf(store, make)] as const);
  return Object.fromEntries(await Promise.all(outcomes));
};

const assertKept = async (stores: TestStores, values: Values): Promise<void> => {
  const kept = Object.keys(values).map(kind => [kind, 'kept']);
  assertEqual(await outcomesOf(stores, values), Object.fromEntries(kept));
};

export const values = {
  'JSON is kept': {
    promise: 'Payload and metadata come back equal for everything that JSON has, to the last digit and character.',
    run: async stores => assertKept(stores, JSON_VALUES),
  },
  'hostile keys are data': {
    promise: 'Members named `__proto__`, `constructor` or `toString` come back as members, and change no prototype.',
    run: async stores => assertKept(stores, HOSTILE_KEYS),
  },
  'bigint is kept': {
    promise: 'A bigint beyond 2^53 comes back as the same bigint.',
    needs: ['bigint'],
    run: async stores => assertKept(stores, BIGINTS),
  },
  'binary is kept': {
    promise: 'A `Uint8Array` comes back as a `Uint8Array` of the same bytes.',
    needs: ['binary'],
    run: async stores => assertKept(stores, BINARIES),
  },
  'sets are kept': {
    promise: 'A `Set` of strings or of numbers comes back as an equal `Set`.',
    needs: ['sets'],
    run: async stores => assertKept(stores, SETS),
  },
  'nothing is altered in silence': {
    promise:
      'A value that the storage cannot keep is refused and nothing is written; it never comes back as another one.',
    run: async stores => {
      const all = { ...HARDLY_STORABLE_VALUES, ...BIGINTS, ...BINARIES, ...SETS };
      const outcomes = Object.entries(await outcomesOf(stores, all));
      assertEqual(Object.fromEntries(outcomes.filter(([, outcome]) => !['kept', 'refused'].includes(outcome))), {});
    },
  },
  'a large event is kept or refused': {
    promise: 'An event of any size comes back whole, or is refused and nothing is written.',
    run: async stores => {
      const text = (size: number) => () => 'é'.repeat(size / 2);
      const sizes = {
        '100 KB': text(100_000),
        '399 KB': text(399_000 / 2),
        '410 KB': text(410_000),
        '2 MB': text(2_000_000),
      };
      const outcomes = Object.entries(await outcomesOf(stores, sizes));
      assertEqual(Object.fromEntries(outcomes.filter(([, outcome]) => !['kept', 'refused'].includes(outcome))), {});
    },
  },
  'undefined members are left out': {
    promise: 'An object member that is `undefined` is `undefined` when read, and its neighbours are kept.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      await store.push(caught(aggregateId, 1, { payload: { kept: 1, gone: undefined, inner: { gone: undefined } } }));

      const [event] = await store.read(aggregateId);
      const payload = event?.payload as { kept?: unknown; gone?: unknown; inner?: { gone?: unknown } } | undefined;
      const { kept, gone, inner } = payload ?? {};
      assertEqual([kept, gone, inner?.gone], [1, undefined, undefined]);
    },
  },
} satisfies Checks;
