import type { Aggregate, EventStore, EventStoreAggregate } from '@castore/core';
import { contentProtectionOf, schemaFingerprintOf } from '@castore-dynamodb/adapter';
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkOptions,
  checkString,
  InvalidArgumentError,
  type OptionNames,
  refuse,
} from '@castore-dynamodb/commons';

import { type SnapshotError, warnOf } from './errors.js';
import { SnapshottingEventStore } from './eventStore/snapshottingEventStore.js';
import type { EventStoreWithSnapshots } from './eventStore/types.js';
import { checkPolicy, everyNEvents, type SnapshotPolicy } from './policies.js';
import type { SnapshotStorage, TransactionalSnapshotStorage } from './snapshotStorage.js';

interface CommonOptions {
  /**
   * Gets an error for every snapshot that could not be read, written or used. None of that fails a load or a push. What
   * this function throws becomes a warning of the process.
   *
   * @default process.emitWarning
   */
  onSnapshotError?: (error: SnapshotError) => void;
}

export interface CacheOptions {
  /**
   * How many bytes the states may take in memory. Those that were not used for the longest time go first; one that is
   * larger than all of it is not kept, and reported to `onSnapshotError`.
   */
  maxBytes: number;
}

/** With a storage for snapshots. */
interface StoredSnapshots {
  /**
   * Names what the reducer makes of events. Change it with every change of the reducer, or of anything that it calls:
   * nothing else can tell that an old snapshot is no longer what a replay would give. Each version reads its own
   * snapshots only, so two of them can run side by side during a deployment.
   *
   * An upcaster that is added to the `evolution` of the event store's adapter counts as a new version by itself.
   */
  reducerVersion: string;
  /** When a snapshot is worth its price. @default everyNEvents(100) */
  policy?: SnapshotPolicy;
  /**
   * Whether a value from a snapshot is an aggregate, in case its shape has changed without a new `reducerVersion`. If
   * it returns false, or throws, the aggregate is built from its events.
   */
  hasShape?: (aggregate: unknown) => boolean;
  /**
   * Keeps the states of loaded aggregates in the memory of this event store. A load of one of them asks for the events
   * from its last event on, strongly consistent: 1 request, and 1 read unit if nothing is new and that event is of 4 KB at
   * most. If that event is another one now, the state is not used. Every load gets a copy of its own. Loads with
   * `maxVersion` or `at` go round it.
   *
   * A push with `force` through this event store makes it forget the aggregate. If somebody else overwrites an event
   * before the last one, call `snapshots.deleteOf` in every process that may have the state.
   *
   * @default none
   */
  cache?: CacheOptions;
}

/** With states in memory only: nothing outlives the process, so no reducer can read what another one made. */
interface CachedStates {
  /** As with a storage. */
  cache: CacheOptions;
  /** Only told, as `snapshot.reducerVersion` of what is loaded. @default '' */
  reducerVersion?: string;
  storage?: never;
  transactional?: never;
  policy?: never;
  hasShape?: never;
}

/** Where snapshots are kept, and whether a push writes them in its own transaction. */
type Placement =
  | {
      storage: SnapshotStorage;
      /** @default false: snapshots are written in the background */
      transactional?: false;
    }
  | {
      /** In the account and region of the events. Writes go through the client of their adapter. */
      storage: TransactionalSnapshotStorage;
      /**
       * Writes the snapshot that the policy wants on a push in one transaction with the push's events: both are
       * written, or neither. The adapter has to be one of `@castore-dynamodb/adapter`.
       *
       * Such a push waits for a load of the aggregate before it, and costs two write units for each KB of event and
       * snapshot; the snapshot counts towards the 100 items and 4 MB of a group. A snapshot that cannot be made, or not
       * within 30 s, is reported to `onSnapshotError`, and the events are pushed without it.
       */
      transactional: true;
    };

/** How an aggregate becomes something that can be stored, and comes back; both or neither. */
type Serialization<AGGREGATE extends Aggregate> =
  | {
      /**
       * Turns an aggregate into plain objects, arrays, Maps, Sets, Dates, Uint8Arrays and primitives.
       *
       * @default the aggregate as it is, if it is made of those; instances of other classes are refused.
       */
      serialize: (aggregate: AGGREGATE) => unknown;
      /** Makes the aggregate again, of what `serialize` returned. */
      deserialize: (serialized: unknown) => AGGREGATE;
    }
  | { serialize?: never; deserialize?: never };

export type SnapshotsOptions<AGGREGATE extends Aggregate> = CommonOptions &
  ((StoredSnapshots & Placement) | CachedStates) &
  Serialization<AGGREGATE>;

/**
 * An event store whose aggregates come from a snapshot and the events after it, or from a state in memory and the events
 * after that. What it gives equals a full replay, at every version; snapshots and states only make it cheaper.
 *
 * That holds as long as stored events do not change. Pushes with `force` through the returned store delete the
 * snapshots and states concerned. If something else changes or deletes events, call `snapshots.deleteOf`.
 *
 * @example
 * const pokemons = withSnapshots(pokemonsEventStore, {
 *   storage: new DynamoDbSnapshotStorage({ tableName: 'events', dynamoDbClient: new DynamoDBClient({}) }),
 *   reducerVersion: '1',
 * });
 *
 * @example
 * const hotPokemons = withSnapshots(pokemonsEventStore, { cache: { maxBytes: 50_000_000 } });
 *
 * @throws InvalidArgumentError
 */
export const withSnapshots = <EVENT_STORE extends EventStore>(
  eventStore: EVENT_STORE,
  options: SnapshotsOptions<EventStoreAggregate<EVENT_STORE>>,
): EventStoreWithSnapshots<EVENT_STORE> => {
  checkEventStore(eventStore);
  check(options);
  const {
    storage,
    reducerVersion = '',
    policy = everyNEvents(100),
    serialize = (aggregate: unknown) => aggregate,
    deserialize = (serialized: unknown) => serialized,
    hasShape = () => true,
    onSnapshotError = warnOf,
  } = options;
  const complete = {
    eventStoreId: eventStore.eventStoreId,
    storage,
    transactional: options.transactional === true ? options.storage : undefined,
    reducerVersion,
    maxCacheBytes: options.cache?.maxBytes,
    schemaFingerprint: () => schemaFingerprintOf(eventStore.eventStorageAdapter, eventStore.eventStoreId),
    protection: () => contentProtectionOf(eventStore.eventStorageAdapter),
    policy,
    serialize,
    deserialize: deserialize as (serialized: unknown) => Aggregate,
    hasShape,
    onSnapshotError,
  };
  return new SnapshottingEventStore(eventStore, complete) as unknown as EventStoreWithSnapshots<EVENT_STORE>;
};

const checkEventStore = (eventStore: EventStore): void => {
  if (typeof eventStore?.eventStoreId !== 'string' || typeof eventStore.getEventStorageAdapter !== 'function') {
    refuse('eventStore', 'an event store', eventStore);
  }
};

const OPTIONS: OptionNames<SnapshotsOptions<Aggregate>> = {
  storage: true,
  reducerVersion: true,
  policy: true,
  transactional: true,
  serialize: true,
  deserialize: true,
  hasShape: true,
  onSnapshotError: true,
  cache: true,
};

/** What a storage of the user's own has to have. */
const STORAGE_METHODS = ['getSnapshot', 'putSnapshot', 'deleteSnapshots'] as const;

const check = <AGGREGATE extends Aggregate>(options: SnapshotsOptions<AGGREGATE>): void => {
  checkOptions(options, 'options', OPTIONS);
  const { serialize, deserialize, onSnapshotError, cache } = options;
  if (cache !== undefined) {
    checkOptions(cache, 'options.cache', { maxBytes: true });
    checkInteger(cache.maxBytes, 'options.cache.maxBytes');
  }
  if (options.storage === undefined && cache !== undefined) checkWithoutStorage(options);
  else checkStored(options as StoredSnapshots & Placement);
  for (const [name, value] of Object.entries({ serialize, deserialize, onSnapshotError })) {
    if (value !== undefined) checkFunction(value, `options.${name}`);
  }
  if ((serialize === undefined) !== (deserialize === undefined)) {
    throw new InvalidArgumentError('options.serialize', 'expected serialize and deserialize, or neither of them.');
  }
};

const checkStored = (options: StoredSnapshots & Placement): void => {
  const { storage, reducerVersion, policy, hasShape, transactional } = options;
  if (STORAGE_METHODS.some(method => typeof storage?.[method] !== 'function')) {
    // `cache` alone would do without.
    refuse(
      'options.storage',
      storage === undefined ? 'a snapshot storage, or options.cache' : 'a snapshot storage',
      storage,
    );
  }
  if (transactional !== undefined) checkBoolean(transactional, 'options.transactional');
  if (options.transactional === true && typeof options.storage.toPut !== 'function') {
    throw new InvalidArgumentError(
      'options.storage',
      'transactional: true needs a storage that writes with the events in one transaction, as DynamoDbSnapshotStorage does.',
    );
  }
  checkString(reducerVersion, 'options.reducerVersion');
  if (policy !== undefined) checkPolicy(policy, 'options.policy');
  if (hasShape !== undefined) checkFunction(hasShape, 'options.hasShape');
};

const checkWithoutStorage = (options: object): void => {
  const { reducerVersion, policy, hasShape, transactional } = options as Partial<StoredSnapshots & Placement>;
  if (reducerVersion !== undefined) checkString(reducerVersion, 'options.reducerVersion');
  for (const [name, value] of Object.entries({ policy, hasShape, transactional })) {
    if (value === undefined) continue;
    throw new InvalidArgumentError(
      `options.${name}`,
      'it is about stored snapshots, but options.storage is not given.',
    );
  }
};
