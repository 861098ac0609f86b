/** A shard of a stream, as far as its descent matters. */
export interface ShardLineage {
  readonly shardId: string;
  /** The shard that it came of by a split. */
  readonly parentShardId: string | undefined;
}

/**
 * The shards that can be read now: a shard's parent has to be done with before, where there still is one, so that the
 * records of an item come in order.
 */
export const readableShards = <SHARD extends ShardLineage>(
  shards: readonly SHARD[],
  isDone: (shardId: string) => boolean,
): SHARD[] => {
  const known = new Set(shards.map(({ shardId }) => shardId));
  return shards.filter(
    ({ shardId, parentShardId }) =>
      !isDone(shardId) && (parentShardId === undefined || !known.has(parentShardId) || isDone(parentShardId)),
  );
};
