import type {
  AggregateName,
  Snapshot,
  SnapshotSelection,
  SnapshotSeries,
  SnapshotStorage,
} from '../snapshotStorage.js';
import { checkSelection, isSelected } from './selection.js';

/**
 * Keeps snapshots in this process: for tests, and for a single process that reads its aggregates again and again.
 *
 * @example
 * const pokemonsOfATest = withSnapshots(pokemons, { storage: new InMemorySnapshotStorage(), reducerVersion: '1' });
 */
export class InMemorySnapshotStorage implements SnapshotStorage {
  /** By aggregate, from the oldest version to the newest. */
  readonly #snapshots = new Map<string, Snapshot[]>();

  async getSnapshot(
    series: SnapshotSeries,
    maxVersion: number = Number.POSITIVE_INFINITY,
  ): Promise<Snapshot | undefined> {
    return this.#of(series).findLast(
      ({ reducerVersion, version }) => reducerVersion === series.reducerVersion && version <= maxVersion,
    );
  }

  async putSnapshot(snapshot: Snapshot): Promise<void> {
    const others = this.#of(snapshot).filter(
      ({ reducerVersion, version }) => reducerVersion !== snapshot.reducerVersion || version !== snapshot.version,
    );
    const sorted = [...others, snapshot].toSorted((left, right) => left.version - right.version);
    this.#snapshots.set(keyOf(snapshot), sorted);
  }

  async deleteSnapshots(aggregate: AggregateName, selection: SnapshotSelection = {}): Promise<number> {
    checkSelection(selection);
    const all = this.#of(aggregate);
    const left = all.filter(snapshot => !isSelected(snapshot, selection));
    this.#snapshots.set(keyOf(aggregate), left);
    return all.length - left.length;
  }

  #of(aggregate: AggregateName): Snapshot[] {
    return this.#snapshots.get(keyOf(aggregate)) ?? [];
  }
}

const keyOf = ({ eventStoreId, aggregateId }: AggregateName): string => JSON.stringify([eventStoreId, aggregateId]);
