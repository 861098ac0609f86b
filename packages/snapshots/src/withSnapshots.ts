import type { Aggregate, EventStore, EventStoreAggregate } from '@castore/core';
import { InvalidArgumentError } from '@castore-dynamodb/adapter';

import { checkFunction, checkString, describeValue } from './checkArgument.js';
import type { SnapshotError } from './errors/index.js';
import { SnapshottingEventStore } from './eventStore/snapshottingEventStore.js';
import type { EventStoreWithSnapshots } from './eventStore/types.js';
import { SnapshotKeeper } from './keeper/snapshotKeeper.js';
import { everyNEvents } from './policies/everyNEvents.js';
import type { SnapshotPolicy } from './policies/policy.js';
import type { SnapshotStorage } from './snapshotStorage.js';

interface CommonOptions {
  storage: SnapshotStorage;
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

export type SnapshotsOptions<AGGREGATE extends Aggregate> = CommonOptions & Serialization<AGGREGATE>;

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
  const keeper = new SnapshotKeeper({
    eventStoreId: eventStore.eventStoreId,
    storage,
    reducerVersion,
    policy,
    serialize,
    deserialize: deserialize as (serialized: unknown) => Aggregate,
    hasShape,
    onSnapshotError,
  });
  return new SnapshottingEventStore(eventStore, keeper) as unknown as EventStoreWithSnapshots<EVENT_STORE>;
};

const check = <AGGREGATE extends Aggregate>(options: SnapshotsOptions<AGGREGATE>): void => {
  const { storage, reducerVersion, policy, serialize, deserialize, hasShape, onSnapshotError } = options;
  if (typeof storage?.getSnapshot !== 'function') {
    throw new InvalidArgumentError('options.storage', `expected a snapshot storage, got ${describeValue(storage)}.`);
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
