import type { Snapshot, SnapshotSeries } from '../../snapshot.js';

const LINE_END = 0x0a;

/** An object: a line of JSON that says what it is, and the state. */
export const toObject = ({ version, reducerVersion, takenAt, lastEvent, state }: Snapshot): Uint8Array =>
  Buffer.concat([Buffer.from(`${JSON.stringify({ version, reducerVersion, takenAt, lastEvent })}\n`), state]);

/** @throws if the object is something else. */
export const fromObject = ({ eventStoreId, aggregateId }: SnapshotSeries, object: Uint8Array): Snapshot => {
  const end = object.indexOf(LINE_END);
  const { version, reducerVersion, takenAt, lastEvent } = readHeader(object.subarray(0, Math.max(0, end)));
  return { eventStoreId, aggregateId, reducerVersion, version, takenAt, lastEvent, state: object.subarray(end + 1) };
};

type Header = Pick<Snapshot, 'version' | 'reducerVersion' | 'takenAt' | 'lastEvent'>;

/** The message of what `JSON.parse` throws would show what is in the object. */
const readHeader = (line: Uint8Array): Header => {
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(line).toString());
  } catch {
    header = undefined;
  }
  if (isHeader(header)) return header;
  throw new TypeError('The object is no snapshot.');
};

const isHeader = (header: unknown): header is Header => {
  const { version, reducerVersion, takenAt, lastEvent } = (header ?? {}) as Partial<Header>;
  return (
    Number.isSafeInteger(version) && [reducerVersion, takenAt, lastEvent].every(member => typeof member === 'string')
  );
};
