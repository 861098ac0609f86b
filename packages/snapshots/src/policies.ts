import {
  checkFunction,
  checkInteger,
  checkOptions,
  checkPositiveNumber,
  type OptionNames,
} from '@castore-dynamodb/commons';

/** What happened to an aggregate, for a policy to decide on. */
export type SnapshotOccasion = PushOccasion | LoadOccasion;

export interface PushOccasion {
  readonly trigger: 'push';
  readonly aggregateId: string;
  /** Of the event that was pushed. */
  readonly version: number;
}

export interface LoadOccasion {
  readonly trigger: 'load';
  readonly aggregateId: string;
  /** Of the last event. */
  readonly version: number;
  /** How many events came after the snapshot that was used, or in all if there was none. */
  readonly events: number;
  /** What reading those events cost, in read units of 4 KB; estimated from their content. */
  readonly readUnits: number;
}

/**
 * Decides whether a snapshot is worth its price. Called after every push, and after every load of an aggregate's
 * present. If it throws, no snapshot is taken, and `onSnapshotError` gets the error.
 */
export interface SnapshotPolicy {
  (occasion: SnapshotOccasion): boolean;
  /**
   * How many of the last events a load asks for together with the snapshot, as a number or as what they may cost. If they
   * reach back to the snapshot, the load takes one round trip.
   *
   * @default 100 events
   */
  readonly tail?: TailLength;
}

/**
 * @example
 * const everyTenthPush: SnapshotPolicy = Object.assign(
 *   ({ trigger, version }: SnapshotOccasion) => trigger === 'push' && version % 10 === 0,
 *   { tail: { events: 10 } satisfies TailLength },
 * );
 */
export type TailLength = { readonly events: number } | { readonly readUnits: number };

export const DEFAULT_TAIL: TailLength = { events: 100 };

/**
 * A snapshot at every version that is a multiple of `n`, when its event is pushed; and when a load had to read `n` events
 * or more, because writers elsewhere take no snapshots.
 *
 * Small numbers make loads cheap and pushes expensive. A load usually reads at most `n + 1` events beside the snapshot; a
 * push of every nth event causes two reads and a write in the background.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const snapshotted = withSnapshots(pokemons, {
 *   storage: new DynamoDbSnapshotStorage({ tableName: 'events', dynamoDbClient }),
 *   reducerVersion: '1',
 *   policy: everyNEvents(100),
 * });
 */
export const everyNEvents = (n: number): SnapshotPolicy => {
  checkInteger(n, 'n');
  const isDue: SnapshotPolicy = occasion =>
    occasion.trigger === 'push' ? occasion.version % n === 0 : occasion.events >= n;
  // The snapshot's own event, and the n after it while the next snapshot is being written.
  return Object.assign(isDue, { tail: { events: Math.min(n + 1, Number.MAX_SAFE_INTEGER) } });
};

/**
 * A snapshot when a load had to read events of more than `readUnits` (4 KB each) after the last one. Never on a push, of
 * which only the version is known.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const cheapPokemons = withSnapshots(pokemons, {
 *   storage: new DynamoDbSnapshotStorage({ tableName: 'events', dynamoDbClient }),
 *   reducerVersion: '1',
 *   policy: whenLoadCosts({ readUnits: 5 }),
 * });
 */
export const whenLoadCosts = (options: { readUnits: number }): SnapshotPolicy => {
  checkOptions(options, 'options', { readUnits: true } satisfies OptionNames<typeof options>);
  const { readUnits } = options;
  checkPositiveNumber(readUnits, 'options.readUnits');
  const isDue: SnapshotPolicy = occasion => occasion.trigger === 'load' && occasion.readUnits > readUnits;
  return Object.assign(isDue, { tail: { readUnits } });
};

/** @throws InvalidArgumentError */
export const checkPolicy = (policy: SnapshotPolicy, argument: string): void => {
  checkFunction(policy, argument);
  const { tail } = policy;
  if (tail === undefined) return;
  checkOptions(tail, `${argument}.tail`, { events: true, readUnits: true });
  if ('events' in tail) checkInteger(tail.events, `${argument}.tail.events`);
  else checkPositiveNumber(tail.readUnits, `${argument}.tail.readUnits`);
};
