import type { Aggregate, EventStore, EventStoreAggregate } from '@castore/core';
import { InvalidArgumentError } from '@castore-dynamodb/adapter';

import { checkBoolean, checkFunction, checkObject, checkString, describeValue } from './checkArgument.js';
import type { SnapshotError } from './errors/index.js';
import { SnapshottingEventStore } from './eventStore/snapshottingEventStore.js';
import type { EventStoreWithSnapshots } from './eventStore/types.js';
import type { ResolvedOptions } from './keeper/resolvedOptions.js';
import { SnapshotKeeper } from './keeper/snapshotKeeper.js';
import { SnapshotTaker } from './keeper/snapshotTaker.js';
import { everyNEvents } from './policies/everyNEvents.js';
import type { SnapshotPolicy } from './policies/policy.js';
import type { SnapshotStorage, TransactionalSnapshotStorage } from './snapshotStorage.js';

interface CommonOptions {
  /**
   * Names what the reducer makes of events. Change it with every change of the reducer, or of anything that it calls:
   * nothing else can tell that an old snapshot is no longer what a replay would give. Each version reads its own
   * snapshots only, so two of them can run side by side during a deployment.
   */
  reducerVersion: string;
  /** When a snapshot is worth its price. @default everyNEvents(100) */
  policy?: SnapshotPolicy;
  /**
   * Whether what came out of a snapshot is an aggregate, for shapes that changed without a new `reducerVersion`; where it
   * is not (or this throws), the aggregate is built from its events.
   */
  hasShape?: (aggregate: unknown) => boolean;
  /**
   * Told of every snapshot that could not be read, written or used. None of that fails a load or a push.
   *
   * @default process.emitWarning
   */
  onSnapshotError?: (error: SnapshotError) => void;
}

/** Where snapshots are kept, and whether a push writes them in its own transaction. */
type Placement =
  | {
      storage: SnapshotStorage;
      /** @default false: snapshots are written in the background */
      transactional?: false;
    }
  | {
      /** In the account and region of the events, and reached by their adapter's client for writes. */
      storage: TransactionalSnapshotStorage;
      /**
       * Writes the snapshot that the policy wants on a push in one transaction with the push's events, so that there is
       * never the one without the other. The adapter has to be one of `@castore-dynamodb/adapter`.
       *
       * Such a push waits for a load of the aggregate before it, and costs two write units for each KB of event and
       * snapshot; the snapshot counts towards the 100 items and 4 MB of a group. A snapshot that cannot be made is told to
       * `onSnapshotError`, and the events are pushed without.
       */
      transactional: true;
    };

/** How an aggregate becomes something that can be stored, and comes back; both or neither. */
type Serialization<AGGREGATE extends Aggregate> =
  | {
      /**
       * Turns an aggregate into plain objects, arrays, Maps, Sets, Dates, Uint8Arrays and primitives.
       *
       * @default the aggregate as it is, where it is made of those; instances of other classes are refused.
       */
      serialize: (aggregate: AGGREGATE) => unknown;
      /** Makes the aggregate again, of what `serialize` returned. */
      deserialize: (serialized: unknown) => AGGREGATE;
    }
  | { serialize?: never; deserialize?: never };

export type SnapshotsOptions<AGGREGATE extends Aggregate> = CommonOptions & Placement & Serialization<AGGREGATE>;

/**
 * An event store whose aggregates come from a snapshot and the events after it. What it gives equals a full replay, at
 * every version; snapshots only make it cheaper.
 *
 * That holds as long as stored events do not change. Pushes with `force` through the returned store see to it; where
 * something else changes or deletes events, call `snapshots.deleteOf`.
 *
 * @example
 * const pokemons = withSnapshots(pokemonsEventStore, {
 *   storage: new DynamoDbSnapshotStorage({ tableName: 'events', dynamoDbClient: new DynamoDBClient({}) }),
 *   reducerVersion: '1',
 * });
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
    reducerVersion,
    policy = everyNEvents(100),
    serialize = (aggregate: unknown) => aggregate,
    deserialize = (serialized: unknown) => serialized,
    hasShape = () => true,
    onSnapshotError = error => process.emitWarning(error),
  } = options;
  const complete: ResolvedOptions = {
    eventStoreId: eventStore.eventStoreId,
    storage,
    transactional: options.transactional === true ? options.storage : undefined,
    reducerVersion,
    policy,
    serialize,
    deserialize: deserialize as (serialized: unknown) => Aggregate,
    hasShape,
    onSnapshotError,
  };
  const keeper = new SnapshotKeeper(complete);
  const taker = new SnapshotTaker(keeper, complete);
  return new SnapshottingEventStore(eventStore, keeper, taker) as unknown as EventStoreWithSnapshots<EVENT_STORE>;
};

const checkEventStore = (eventStore: EventStore): void => {
  if (typeof eventStore?.eventStoreId !== 'string' || typeof eventStore.getEventStorageAdapter !== 'function') {
    throw new InvalidArgumentError('eventStore', `expected an event store, got ${describeValue(eventStore)}.`);
  }
};

/** What a storage of the user's own has to have. */
const STORAGE_METHODS = ['getSnapshot', 'putSnapshot', 'deleteSnapshots'] as const;

const check = <AGGREGATE extends Aggregate>(options: SnapshotsOptions<AGGREGATE>): void => {
  checkObject(options, 'options');
  const { storage, reducerVersion, policy, serialize, deserialize, hasShape, onSnapshotError, transactional } = options;
  if (STORAGE_METHODS.some(method => typeof storage?.[method] !== 'function')) {
    throw new InvalidArgumentError('options.storage', `expected a snapshot storage, got ${describeValue(storage)}.`);
  }
  if (transactional !== undefined) checkBoolean(transactional, 'options.transactional');
  if (options.transactional === true && typeof options.storage.toPut !== 'function') {
    throw new InvalidArgumentError(
      'options.storage',
      'transactional: true needs a storage that writes with the events in one transaction, as DynamoDbSnapshotStorage does.',
    );
  }
  checkString(reducerVersion, 'options.reducerVersion');
  const functions = { policy, serialize, deserialize, hasShape, onSnapshotError };
  for (const [name, value] of Object.entries(functions)) {
    if (value !== undefined) checkFunction(value, `options.${name}`);
  }
  if ((serialize === undefined) !== (deserialize === undefined)) {
    throw new InvalidArgumentError('options.serialize', 'expected serialize and deserialize, or neither of them.');
  }
};
