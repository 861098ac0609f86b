import { withDeadline } from '@castore-dynamodb/commons';

import { TIMEOUTS } from '../timeouts.js';

/** Where a checkpoint lies: those of one partition can be listed, in the order of their sort keys. */
export interface CheckpointKey {
  readonly partition: string;
  readonly sort: string;
}

export interface Checkpoint {
  readonly value: string;
  /** Changes with every write, and is never the same twice. To write, a writer must have seen the current one. */
  readonly revision: string;
}

/**
 * Keeps how far projections, pollers and replays have come. Everything depends on `write` being atomic: of two writers
 * that have seen the same revision, one wins.
 *
 * A call that takes longer than 30 seconds is given up, and made again if need be, though it may still have its effect.
 *
 * Keys and values are strings: a partition has up to 2,048 bytes, a sort key up to 1,024, values are some hundred bytes
 * of JSON.
 *
 * @example
 * const checkpoints: CheckpointStore = new InMemoryCheckpointStore();
 * const key: CheckpointKey = { partition: 'pokedex', sort: 'pikachu-1' };
 * const written: Checkpoint | undefined = await checkpoints.write(key, '3', undefined);
 */
export interface CheckpointStore {
  /** What is stored under the keys, in their order, undefined if there is nothing. Sees every write that has ended. */
  read(keys: readonly CheckpointKey[]): Promise<(Checkpoint | undefined)[]>;

  /**
   * Stores a value, if what is stored has this revision (undefined: if nothing is).
   *
   * @returns what is stored now; undefined if another writer was first, and nothing was written.
   */
  write(key: CheckpointKey, value: string, revision: string | undefined): Promise<Checkpoint | undefined>;

  /** Removes what is stored, if it has this revision; else nothing happens. */
  remove(key: CheckpointKey, revision: string): Promise<void>;

  /** The checkpoints of a partition whose sort keys begin with `sortPrefix`. */
  list(partition: string, sortPrefix: string): Promise<(CheckpointKey & Checkpoint)[]>;
}

/** Marks a store whose calls end in time by themselves, as long as they get on. Known to every copy of this package. */
export const ENDS_IN_TIME = Symbol.for('@castore-dynamodb/streams/endsInTime');

/** A store of checkpoints, whosever it is, whose calls end in time. */
export const boundedStore = (store: CheckpointStore): CheckpointStore => {
  if (ENDS_IN_TIME in store) return store;
  const bounded = async <RESULT>(method: string, call: () => Promise<RESULT>): Promise<RESULT> =>
    withDeadline({ operation: `The method ${method} of the CheckpointStore`, milliseconds: TIMEOUTS.request }, call);
  return Object.assign<CheckpointStore, object>(
    {
      read: keys => bounded('read', () => store.read(keys)),
      write: (key, value, revision) => bounded('write', () => store.write(key, value, revision)),
      remove: (key, revision) => bounded('remove', () => store.remove(key, revision)),
      list: (partition, sortPrefix) => bounded('list', () => store.list(partition, sortPrefix)),
    },
    { [ENDS_IN_TIME]: true },
  );
};
