import type { Snapshot, SnapshotSeries } from '../../snapshot.js';

const LINE_END = 0x0a;

/** An object: a line of JSON that says what it is, and the state. */
export const toObject = ({ version, reducerVersion, takenAt, lastEvent, state }: Snapshot): Uint8Array =>
  Buffer.concat([Buffer.from(`${JSON.stringify({ version, reducerVersion, takenAt, lastEvent })}\n`), state]);

/** @throws where the object is something else. */
export const fromObject = ({ eventStoreId, aggregateId }: SnapshotSeries, object: Uint8Array): Snapshot => {
  const end = object.indexOf(LINE_END);
  const header = JSON.parse(Buffer.from(object.subarray(0, end)).toString()) as Snapshot;
  const { version, reducerVersion, takenAt, lastEvent } = header;
  return { eventStoreId, aggregateId, reducerVersion, version, takenAt, lastEvent, state: object.subarray(end + 1) };
};
