import type { EventDetail } from '@castore/core';
import { type ContentProtection, subjectsOfEvent } from '@castore-dynamodb/adapter';

import { UnprotectedStateError } from '../errors.js';
import type { Snapshot } from '../snapshotStorage.js';
import { packState, unpackState } from './packState.js';

/*
 * A state that was made of encrypted events is encrypted too, so that it cannot be read any more when one of their subjects is
 * forgotten. Before it stand a mark, and the subjects: hashes of their ids.
 */

/** `packState` begins what it makes with smaller numbers. */
const PROTECTED = 2;
const HEADER_SIZE = 5;

/** In place of the fingerprint of the last event, which would show whether a guess of that event is right. */
const HIDDEN = 'hidden';

/**
 * The subjects whose data is in a state, of the state that it was made from and the events after that.
 *
 * @throws UnprotectedStateError if an event does not say whose it is, although its adapter encrypts
 */
export const subjectsOf = (
  protection: ContentProtection | undefined,
  before: readonly string[],
  events: readonly EventDetail[],
): readonly string[] => {
  if (protection === undefined) return before;
  const subjects = new Set(before);
  for (const event of events) {
    const own = subjectsOfEvent(event);
    if (own === undefined) throw new UnprotectedStateError(event.version);
    for (const subject of own) subjects.add(subject);
  }
  return [...subjects].toSorted((left, right) => (left < right ? -1 : 1));
};

type Header = Omit<Snapshot, 'state'>;

const placeOf = ({ eventStoreId, aggregateId, reducerVersion, version }: Header): string =>
  JSON.stringify([eventStoreId, aggregateId, reducerVersion, version]);

/** @throws UnstorableStateError, and what the protection throws */
export const packSnapshot = async (
  protection: ContentProtection | undefined,
  header: Header,
  text: string,
): Promise<Snapshot> => {
  const { subjects = [], lastEvent } = header;
  if (subjects.length === 0) return { ...header, state: await packState(text) };
  if (protection === undefined) throw new UnprotectedStateError(header.version);
  const packed = await packState(`${lastEvent}\n${text}`);
  const sealed = await protection.seal(packed, subjects, placeOf(header));
  const names = Buffer.from(subjects.join());
  const start = Buffer.alloc(HEADER_SIZE);
  start.writeUInt8(PROTECTED);
  start.writeUInt32BE(names.byteLength, 1);
  return { ...header, lastEvent: HIDDEN, state: new Uint8Array(Buffer.concat([start, names, sealed])) };
};

export interface UnpackedSnapshot {
  readonly text: string;
  readonly lastEvent: string;
  readonly subjects: readonly string[];
}

/**
 * Undefined if it holds data of a subject that was forgotten.
 *
 * @throws if it was not packed like this, or the protection that it needs is missing or fails
 */
export const unpackSnapshot = async (
  protection: ContentProtection | undefined,
  snapshot: Snapshot,
): Promise<UnpackedSnapshot | undefined> => {
  const { state, lastEvent } = snapshot;
  if (state[0] !== PROTECTED) return { text: await unpackState(state), lastEvent, subjects: [] };
  if (protection === undefined) throw new TypeError('It is encrypted, but the adapter has no encryption.');
  const bytes = Buffer.from(state);
  const end = HEADER_SIZE + bytes.readUInt32BE(1);
  const subjects = bytes.toString('utf8', HEADER_SIZE, end).split(',');
  const packed = await protection.open(bytes.subarray(end), subjects, placeOf(snapshot));
  if (packed === undefined) return undefined;
  const text = await unpackState(packed);
  const lineEnd = text.indexOf('\n');
  return { text: text.slice(lineEnd + 1), lastEvent: text.slice(0, lineEnd), subjects };
};
