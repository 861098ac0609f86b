import type { Checkpoint, CheckpointKey, CheckpointStore } from './checkpointStore.js';

/**
 * Checkpoints for tests and for one process: they are gone when it ends.
 *
 * @example
 * const poller = new StreamPoller({
 *   name: 'of-a-test',
 *   projections: [pokedex],
 *   checkpoints: new InMemoryCheckpointStore(),
 *   dynamoDbStreamsClient,
 * });
 */
export class InMemoryCheckpointStore implements CheckpointStore {
  readonly #partitions = new Map<string, Map<string, Checkpoint>>();
  #lastRevision = 0;

  async read(keys: readonly CheckpointKey[]): Promise<(Checkpoint | undefined)[]> {
    return keys.map(({ partition, sort }) => this.#partitions.get(partition)?.get(sort));
  }

  async write(key: CheckpointKey, value: string, revision: string | undefined): Promise<Checkpoint | undefined> {
    const partition = this.#partitions.get(key.partition) ?? new Map<string, Checkpoint>();
    if (partition.get(key.sort)?.revision !== revision) return undefined;

    const checkpoint = { value, revision: String(++this.#lastRevision) };
    this.#partitions.set(key.partition, partition.set(key.sort, checkpoint));
    return checkpoint;
  }

  async remove({ partition, sort }: CheckpointKey, revision: string): Promise<void> {
    const stored = this.#partitions.get(partition);
    if (stored?.get(sort)?.revision === revision) stored.delete(sort);
  }

  async list(partition: string, sortPrefix: string): Promise<(CheckpointKey & Checkpoint)[]> {
    return [...(this.#partitions.get(partition) ?? [])]
      .filter(([sort]) => sort.startsWith(sortPrefix))
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([sort, checkpoint]) => ({ partition, sort, ...checkpoint }));
  }
}
