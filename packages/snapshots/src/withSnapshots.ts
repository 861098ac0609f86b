import type { Aggregate, EventStore, EventStoreAggregate } from '@castore/core';
import { schemaFingerprintOf } from '@castore-dynamodb/adapter';
import {
  checkBoolean,
  checkFunction,
  checkOptions,
  checkString,
  InvalidArgumentError,
  type OptionNames,
  refuse,
} from '@castore-dynamodb/commons';

import type { SnapshotError } from './errors.js';
import { SnapshottingEventStore } from './eventStore/snapshottingEventStore.js';
import type { EventStoreWithSnapshots } from './eventStore/types.js';
import { checkPolicy, everyNEvents, type SnapshotPolicy } from './policies.js';
import type { SnapshotStorage, TransactionalSnapshotStorage } from './snapshotStorage.js';

interface CommonOptions {
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
   * Gets an error for every snapshot that could not be read, written or used. None of that fails a load or a push. What
   * this function throws becomes a warning of the process.
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

export type SnapshotsOptions<AGGREGATE extends Aggregate> = CommonOptions & Placement & Serialization<AGGREGATE>;

/**
 * An event store whose aggregates come from a snapshot and the events after it. What it gives equals a full replay, at
 * every version; snapshots only make it cheaper.
 *
 * That holds as long as stored events do not change. Pushes with `force` through the returned store delete the
 * snapshots concerned. If something else changes or deletes events, call `snapshots.deleteOf`.
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
  const complete = {
    eventStoreId: eventStore.eventStoreId,
    storage,
    transactional: options.transactional === true ? options.storage : undefined,
    reducerVersion,
    schemaFingerprint: () => schemaFingerprintOf(eventStore.eventStorageAdapter, eventStore.eventStoreId),
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
};

/** What a storage of the user's own has to have. */
const STORAGE_METHODS = ['getSnapshot', 'putSnapshot', 'deleteSnapshots'] as const;

const check = <AGGREGATE extends Aggregate>(options: SnapshotsOptions<AGGREGATE>): void => {
  checkOptions(options, 'options', OPTIONS);
  const { storage, reducerVersion, policy, serialize, deserialize, hasShape, onSnapshotError, transactional } = options;
  if (STORAGE_METHODS.some(method => typeof storage?.[method] !== 'function')) {
    refuse('options.storage', 'a snapshot storage', storage);
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
  for (const [name, value] of Object.entries({ serialize, deserialize, hasShape, onSnapshotError })) {
    if (value !== undefined) checkFunction(value, `options.${name}`);
  }
  if ((serialize === undefined) !== (deserialize === undefined)) {
    throw new InvalidArgumentError('options.serialize', 'expected serialize and deserialize, or neither of them.');
  }
};
