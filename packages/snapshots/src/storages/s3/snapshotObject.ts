import { fitKey } from '@castore-dynamodb/commons';

import type { AggregateName, Snapshot, SnapshotSeries } from '../../snapshotStorage.js';

/** Begins the key of every object, if no other prefix is given. */
export const SNAPSHOT_PREFIX = 'snapshots/';

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

const LINE_END = 0x0a;

/** An object: a line of JSON that says what it is, and the state. */
export const toObject = ({ state, ...snapshot }: Snapshot): Uint8Array =>
  Buffer.concat([Buffer.from(`${headerOf(snapshot)}\n`), state]);

const headerOf = ({ version, reducerVersion, takenAt, lastEvent, lastEventTimestamp }: Header): string =>
  JSON.stringify({ version, reducerVersion, takenAt, lastEvent, lastEventTimestamp });

/** @throws if the object is something else. */
export const fromObject = ({ eventStoreId, aggregateId }: SnapshotSeries, object: Uint8Array): Snapshot => {
  const end = object.indexOf(LINE_END);
  const { version, reducerVersion, takenAt, lastEvent, lastEventTimestamp } = readHeader(
    object.subarray(0, Math.max(0, end)),
  );
  const time = lastEventTimestamp === undefined ? {} : { lastEventTimestamp };
  const state = object.subarray(end + 1);
  return { eventStoreId, aggregateId, reducerVersion, version, takenAt, lastEvent, ...time, state };
};

type Header = Pick<Snapshot, 'version' | 'reducerVersion' | 'takenAt' | 'lastEvent' | 'lastEventTimestamp'>;

/** The message of what `JSON.parse` throws would show what is in the object. */
const readHeader = (line: Uint8Array): Header => {
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(line).toString());
  } catch {
    header = undefined;
  }
  if (isHeader(header)) return header;
  throw new TypeError('The object is not a snapshot.');
};

const isHeader = (header: unknown): header is Header => {
  const { version, reducerVersion, takenAt, lastEvent } = (header ?? {}) as Partial<Header>;
  return (
    Number.isSafeInteger(version) && [reducerVersion, takenAt, lastEvent].every(member => typeof member === 'string')
  );
};
