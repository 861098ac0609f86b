import { checkInteger, checkOptions, checkString, type OptionNames } from '@castore-dynamodb/commons';

import type { Snapshot, SnapshotSelection } from '../snapshotStorage.js';

/**
 * Keeps the `newest` snapshots of each aggregate and reducer version, and deletes older ones after each write.
 *
 * @example
 * const storage = new DynamoDbSnapshotStorage({ tableName: 'events', dynamoDbClient, retention: { newest: 3 } });
 */
export interface KeepNewest {
  readonly newest: number;
  readonly days?: never;
}

/** @throws InvalidArgumentError */
export const checkKeepNewest = (retention: KeepNewest | undefined): void => {
  if (retention === undefined) return;
  checkOptions(retention, 'options.retention', { newest: true });
  checkInteger(retention.newest, 'options.retention.newest');
};

const SELECTION: OptionNames<SnapshotSelection> = { minVersion: true, maxVersion: true, exceptReducerVersion: true };

/** A misspelt member would delete everything. @throws InvalidArgumentError */
export const checkSelection = (selection: SnapshotSelection): void => {
  checkOptions(selection, 'selection', SELECTION);
  const { minVersion, maxVersion, exceptReducerVersion } = selection;
  if (minVersion !== undefined) checkInteger(minVersion, 'selection.minVersion', 0);
  if (maxVersion !== undefined) checkInteger(maxVersion, 'selection.maxVersion', 0);
  if (exceptReducerVersion !== undefined) checkString(exceptReducerVersion, 'selection.exceptReducerVersion');
};

/** A snapshot whose version cannot be read (NaN) is always selected: it is of no use to anyone. */
export const isSelected = (
  { version, reducerVersion }: Pick<Snapshot, 'version' | 'reducerVersion'>,
  { minVersion = 0, maxVersion = Number.POSITIVE_INFINITY, exceptReducerVersion }: SnapshotSelection,
): boolean => !(version < minVersion || version > maxVersion) && reducerVersion !== exceptReducerVersion;
