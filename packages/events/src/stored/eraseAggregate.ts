import type { EventStore } from '@castore/core';
import { EVENT_TABLE_METADATA_KEY, EVENT_TABLE_PAYLOAD_KEY, type StoredEvent } from '@castore-dynamodb/adapter';
import { checkOptions, checkString, mapConcurrently, notify, type OptionNames } from '@castore-dynamodb/commons';

import { AggregateWork, type StoredEventsResult } from './aggregateWork.js';
import {
  checkProgressCallback,
  checkReason,
  checkStoredOptions,
  STORED_OPTIONS,
  type StoredEventsOptions,
} from './storedOptions.js';

/**
 * @example
 * const showProgress = ({ version, events }: ErasureProgress): void => console.log(`${events} events, up to ${version}`);
 * await eraseAggregate(pokemons, 'pikachu-1', { reason: 'ticket 4712', onProgress: showProgress });
 */
export interface ErasureProgress {
  /** The version up to which all is erased. */
  readonly version: number;
  /** Events erased until now. */
  readonly events: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

export interface EraseAggregateOptions extends StoredEventsOptions {
  /** Kept on the items, with the time: why it was done. At most 1,000 bytes, and nothing personal. */
  reason: string;
  /** Is called after each page of events. */
  onProgress?: ((progress: ErasureProgress) => void) | undefined;
}

const OPTIONS = { ...STORED_OPTIONS, reason: true, onProgress: true } satisfies OptionNames<EraseAggregateOptions>;

const AT_A_TIME = 10;

/**
 * Takes payload and metadata away from all events of an aggregate. Their versions, types and timestamps stay, so that the
 * aggregate is listed, counted and pushed to as before; when and why it was done is kept on the items (`redactionsOf`). The
 * snapshots of the aggregate are deleted before and once more after.
 *
 * Nothing is decoded: events that cannot be read any more are erased too. Events of which nothing is left are passed over. If
 * it fails or is interrupted, call it again. Events that are pushed meanwhile may or may not be erased.
 *
 * Costs a request for each MB of events, with a read unit for each 4 KB; for each event that is erased, a request and a write
 * unit for each KB that it had; and as `redactEvent` for snapshots.
 *
 * @throws InvalidArgumentError; AggregateBusyError if somebody else changes an event all the time; UnreadableEventError if the
 *   adapter lacks a transformation that may have put content elsewhere.
 *
 * @example
 * const { events, copies } = await eraseAggregate(pokemons, 'pikachu-1', { reason: 'ticket 4712' });
 * for (const { kind, name, remedy } of copies) console.log(`${kind} ${name}: ${remedy}`);
 */
export const eraseAggregate = async (
  eventStore: EventStore,
  aggregateId: string,
  options: EraseAggregateOptions,
): Promise<StoredEventsResult> => {
  checkString(aggregateId, 'aggregateId');
  checkOptions(options, 'options', OPTIONS);
  checkStoredOptions(options);
  const { reason, onProgress } = options;
  checkReason(reason);
  checkProgressCallback(onProgress);

  const work = new AggregateWork(eventStore, options);
  await work.deleteSnapshots(aggregateId);
  for await (const events of work.pages(aggregateId)) {
    await mapConcurrently(events, AT_A_TIME, event => eraseEvent(work, event, reason));
    const { version = 0 } = events.at(-1) ?? {};
    const { readUnits, writeUnits } = work.meter;
    notify('options.onProgress', onProgress, { version, events: work.events, readUnits, writeUnits });
  }
  await work.deleteSnapshots(aggregateId);
  return work.result();
};

const hasContent = ({ item }: StoredEvent): boolean =>
  item[EVENT_TABLE_PAYLOAD_KEY] !== undefined || item[EVENT_TABLE_METADATA_KEY] !== undefined;

const eraseEvent = async (work: AggregateWork, read: StoredEvent, reason: string): Promise<void> => {
  const { aggregateId, version } = read;
  let event: StoredEvent | undefined = read;
  await work.untilUnchanged(aggregateId, async () => {
    const found = event ?? (await work.readOne(aggregateId, version));
    event = undefined;
    // Somebody else may have removed it.
    if (found === undefined) return 'done';
    work.remember(found.redactions.flatMap(({ references }) => references));
    if (!hasContent(found)) return 'done';
    const at = new Date().toISOString();
    const { outcome, references } = await work.meter.write(1, () =>
      work.stored.rewrite(found, undefined, { at, reason }),
    );
    if (outcome === 'changed') return 'changed';
    work.remember(references);
    work.events += 1;
    return 'done';
  });
};
