import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import {
  everyNEvents,
  InMemorySnapshotStorage,
  type SnapshotError,
  type SnapshotPolicy,
  type SnapshotStorage,
  type SnapshotsOptions,
  withSnapshots,
} from '../src/index.js';
import { newAggregateId, newPokemons, type Pokemon } from './pokemons.js';

export const never: SnapshotPolicy = () => false;

/** An event store with snapshots, all in memory, and an aggregate id that no other test uses. */
export const setUp = (options: Partial<SnapshotsOptions<Pokemon>> = {}) => {
  const eventStore = newPokemons(new InMemoryEventStorageAdapter());
  const storage = new InMemorySnapshotStorage();
  const errors: SnapshotError[] = [];
  const pokemons = withSnapshots(eventStore, {
    storage,
    reducerVersion: '1',
    policy: everyNEvents(5),
    onSnapshotError: error => void errors.push(error),
    ...options,
  } as SnapshotsOptions<Pokemon>);
  const getSnapshot = (aggregateId: string, maxVersion?: number, reducerVersion = '1') =>
    storage.getSnapshot({ eventStoreId: 'POKEMONS', aggregateId, reducerVersion }, maxVersion);
  return { eventStore, storage, pokemons, errors, getSnapshot, aggregateId: newAggregateId() };
};

/** The same events, opened by another process. */
export const reopen = (eventStore: ReturnType<typeof newPokemons>, options: Partial<SnapshotsOptions<Pokemon>>) => {
  const errors: SnapshotError[] = [];
  const pokemons = withSnapshots(eventStore, {
    reducerVersion: '1',
    policy: never,
    onSnapshotError: error => void errors.push(error),
    ...options,
  } as SnapshotsOptions<Pokemon>);
  return { pokemons, errors };
};

/** A storage that does something else now and then. */
export const storageWith = (storage: SnapshotStorage, other: Partial<SnapshotStorage>): SnapshotStorage => ({
  getSnapshot: (...args) => storage.getSnapshot(...args),
  putSnapshot: snapshot => storage.putSnapshot(snapshot),
  deleteSnapshots: (...args) => storage.deleteSnapshots(...args),
  ...other,
});

export const all = async <T>(progress: AsyncIterable<T>): Promise<T[]> => {
  const seen: T[] = [];
  for await (const each of progress) seen.push(each);
  return seen;
};
