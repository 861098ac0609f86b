import type { AggregateName, SnapshotSeries } from '../../snapshot.js';

/** A part of a key: any text, without the `/` and `.` that paths are made of. */
const encode = (text: string): string => encodeURIComponent(text).replaceAll('.', '%2E');

const decode = (part: string): string => decodeURIComponent(part);

export const aggregatePath = ({ eventStoreId, aggregateId }: AggregateName): string =>
  `${encode(eventStoreId)}/${encode(aggregateId)}/`;

export const seriesPath = (series: SnapshotSeries): string =>
  `${aggregatePath(series)}${encode(series.reducerVersion)}/`;

const LATEST = 'latest';

export const latestKey = (series: SnapshotSeries): string => seriesPath(series) + LATEST;

const DIGITS = String(Number.MAX_SAFE_INTEGER).length;

/** S3 lists keys in ascending order only, so the newest version gets the smallest number. */
const countdown = (version: number): string => String(Number.MAX_SAFE_INTEGER - version).padStart(DIGITS, '0');

export const versionKey = (series: SnapshotSeries, version: number): string => seriesPath(series) + countdown(version);

/** What a listed key stands for. */
export const parseKey = (key: string): { reducerVersion: string; version: number | typeof LATEST } => {
  const [reducerVersion = '', name = ''] = key.split('/').slice(-2);
  return {
    reducerVersion: decode(reducerVersion),
    version: name === LATEST ? LATEST : Number.MAX_SAFE_INTEGER - Number(name),
  };
};
