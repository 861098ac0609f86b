import type { EventDetail, EventStore, EventStoreEventDetails } from '@castore/core';
import type { EventContent, StoredEvent } from '@castore-dynamodb/adapter';
import {
  canonicalJson,
  checkFunction,
  checkInteger,
  checkOptions,
  checkString,
  InvalidArgumentError,
  type OptionNames,
  refuse,
} from '@castore-dynamodb/commons';

import { EventNotFoundError, TooManyRedactionsError } from '../errors.js';
import { AggregateWork, type StoredEventsResult } from './aggregateWork.js';
import { checkReason, checkStoredOptions, STORED_OPTIONS, type StoredEventsOptions } from './storedOptions.js';

export interface RedactEventOptions<EVENT extends EventDetail = EventDetail> extends StoredEventsOptions {
  aggregateId: string;
  version: number;
  /** Kept on the event's item, with the time: why it was done. At most 1,000 bytes, and nothing personal. */
  reason: string;
  /**
   * What takes the place of the event's payload and metadata; what it leaves out is absent, so spread the event to keep the
   * rest: `event => ({ ...event, payload: { ...event.payload, name: 'redacted' } })`. It gets the event as every reader
   * does, in its shape of today, and is asked again if somebody else changes the event meanwhile.
   */
  redact: (event: EVENT) => EventContent | EVENT | Promise<EventContent | EVENT>;
}

const OPTIONS = {
  ...STORED_OPTIONS,
  aggregateId: true,
  version: true,
  reason: true,
  redact: true,
} satisfies OptionNames<RedactEventOptions>;

/** So many entries on an item leave room for its erasure, whatever they hold. */
const MAX_REDACTIONS = 100;

/**
 * Gives a stored event another payload and metadata. Its version and timestamp stay, and so does its type, in the name that it has today; when and why it was done is kept on
 * its item (`redactionsOf`). What `redact` returns goes through the adapter's transformations, as a push does. The snapshots of
 * the aggregate are deleted before the write, and once more after it.
 *
 * An event that is as `redact` wants it, or that was erased, is left as it is: it may be called again.
 *
 * Costs 4 requests: a read unit for each 4 KB of the event, a write unit for each KB of the larger one, a read unit for
 * each of two looks for snapshots, and a write unit for each KB of a snapshot. If there is nothing to do, 2 requests.
 * The content of an encrypted event that is in S3 costs two GETs.
 *
 * @throws EventNotFoundError if there is no such event.
 * @throws UnencryptedValueError if something that is encrypted in the event would be stored in clear.
 * @throws AggregateBusyError if somebody else changes it all the time.
 * @throws TooManyRedactionsError if it was redacted 100 times.
 * @throws EventTooLargeError if the event has more than 400 KB with what was done to it (`reason` and about 150 bytes each).
 * @throws InvalidArgumentError; what `redact` throws; what a push throws for an event that it refuses.
 *
 * @example
 * const { copies } = await redactEvent(pokemons, {
 *   aggregateId: 'pikachu-1',
 *   version: 3,
 *   reason: 'ticket 4711',
 *   redact: event => ({ ...event, payload: { ...event.payload, ball: 'redacted' } }),
 * });
 * for (const { kind, name, remedy } of copies) console.log(`${kind} ${name}: ${remedy}`);
 */
export const redactEvent = async <EVENT_STORE extends EventStore>(
  eventStore: EVENT_STORE,
  options: RedactEventOptions<EventStoreEventDetails<EVENT_STORE>>,
): Promise<StoredEventsResult> => {
  checkOptions(options, 'options', OPTIONS);
  checkStoredOptions(options);
  const { aggregateId, version, reason, redact } = options;
  checkString(aggregateId, 'options.aggregateId');
  checkInteger(version, 'options.version');
  checkReason(reason);
  checkFunction(redact, 'options.redact');

  const work = new AggregateWork(eventStore, options);
  const { eventStoreId } = work;
  let areSnapshotsDeleted = false;
  await work.untilUnchanged(aggregateId, async () => {
    const event = await work.readOne(aggregateId, version);
    if (event === undefined) throw new EventNotFoundError({ eventStoreId, aggregateId, version });
    work.remember(event.redactions.flatMap(({ references }) => references));
    const redacted = event.isErased ? undefined : await redactedEvent(work, event, redact);
    if (redacted === undefined) return 'done';
    if (event.redactions.length >= MAX_REDACTIONS) {
      throw new TooManyRedactionsError({ eventStoreId, aggregateId, version }, MAX_REDACTIONS);
    }
    // None may outlive a crash after the write.
    if (!areSnapshotsDeleted) await work.deleteSnapshots(aggregateId);
    areSnapshotsDeleted = true;
    const at = new Date().toISOString();
    const { outcome, references } = await work.meter.write(1, () =>
      work.stored.rewrite(event, redacted, { at, reason }),
    );
    if (outcome === 'changed') return 'changed';
    work.remember(references);
    work.events += 1;
    return 'done';
  });
  await work.deleteSnapshots(aggregateId);
  return work.result();
};

type Redact = (event: EventDetail) => EventContent | Promise<EventContent>;

/** The event with its new content; undefined if that is what it has. */
const redactedEvent = async (
  { stored }: AggregateWork,
  event: StoredEvent,
  redact: Redact,
): Promise<EventDetail | undefined> => {
  const decoded = await stored.decode(event);
  const { payload: formerPayload, metadata: formerMetadata, ...kept } = decoded;
  // Before it is given away, and perhaps changed in place.
  const former = canonicalJson([formerPayload, formerMetadata], 'event');
  const content = await redact(decoded);
  const { payload, metadata } = checkContent(content, kept);
  if (canonicalJson([payload, metadata], 'options.redact()') === former) return undefined;
  return { ...kept, ...(payload !== undefined && { payload }), ...(metadata !== undefined && { metadata }) };
};

/** It may be the whole event with another payload, but the rest of it stays. */
const checkContent = (content: unknown, kept: Omit<EventDetail, 'payload' | 'metadata'>): EventContent => {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return refuse('options.redact()', 'an object with payload and metadata', content);
  }
  const { payload, metadata, ...others } = content as EventContent & Record<string, unknown>;
  for (const [name, value] of Object.entries(others)) {
    if (value === undefined || (Object.hasOwn(kept, name) && kept[name as keyof typeof kept] === value)) continue;
    throw new InvalidArgumentError(`options.redact().${name}`, 'only payload and metadata can be changed.');
  }
  return { payload, metadata };
};
