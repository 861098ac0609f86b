import { fitKey } from '@castore-dynamodb/commons';

import type { AggregateName, SnapshotSeries } from '../../snapshot.js';

/** Three parts of so many bytes leave room for a prefix in the 1,024 that a key may have. */
const MAX_PART_SIZE = 250;

/**
 * A part of a key: any text, without the `/` and `.` that paths are made of; or a hash of it if it is long, after a `.`
 * that no other part has.
 */
export const encodePart = (text: string): string =>
  fitKey('', encodeURIComponent(text).replaceAll('.', '%2E'), MAX_PART_SIZE, '.');

export const aggregatePath = ({ eventStoreId, aggregateId }: AggregateName): string =>
  `${encodePart(eventStoreId)}/${encodePart(aggregateId)}/`;

export const seriesPath = (series: SnapshotSeries): string =>
  `${aggregatePath(series)}${encodePart(series.reducerVersion)}/`;

const LATEST = 'latest';

export const latestKey = (series: SnapshotSeries): string => seriesPath(series) + LATEST;

const DIGITS = String(Number.MAX_SAFE_INTEGER).length;

/** S3 lists keys in ascending order only, so the newest version gets the smallest number. */
const countdown = (version: number): string => String(Number.MAX_SAFE_INTEGER - version).padStart(DIGITS, '0');

export const versionKey = (series: SnapshotSeries, version: number): string => seriesPath(series) + countdown(version);

/** What a listed key stands for; the reducer version as a part of the key. */
export const parseKey = (key: string): { reducerVersion: string; version: number | typeof LATEST } => {
  const [reducerVersion = '', name = ''] = key.split('/').slice(-2);
  return {
    reducerVersion,
    version: name === LATEST ? LATEST : Number.MAX_SAFE_INTEGER - Number(name),
  };
};
