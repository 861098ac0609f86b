import type { Snapshot } from '../snapshot.js';
import type { SnapshotSelection } from '../snapshotStorage.js';

export const isSelected = (
  { version, reducerVersion }: Pick<Snapshot, 'version' | 'reducerVersion'>,
  { minVersion = 0, exceptReducerVersion }: SnapshotSelection,
): boolean => version >= minVersion && reducerVersion !== exceptReducerVersion;
