import type { EventStore } from '@castore/core';
import type { Redaction } from '@castore-dynamodb/adapter';
import { checkString } from '@castore-dynamodb/commons';

import { AggregateWork } from './aggregateWork.js';

/** What was done to an event after it was stored. */
export interface RedactedEvent {
  readonly version: number;
  /** The latest at the end. */
  readonly redactions: readonly Redaction[];
}

/**
 * When and why events of an aggregate were redacted or erased; those that never were are left out.
 *
 * Costs what reading the aggregate costs: a request for each MB, a read unit for each 4 KB.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * for (const { version, redactions } of await redactionsOf(pokemons, 'pikachu-1')) {
 *   for (const { at, kind, reason } of redactions) console.log(version, at, kind, reason);
 * }
 */
export const redactionsOf = async (eventStore: EventStore, aggregateId: string): Promise<RedactedEvent[]> => {
  checkString(aggregateId, 'aggregateId');
  const redacted: RedactedEvent[] = [];
  for await (const events of new AggregateWork(eventStore, {}).pages(aggregateId)) {
    for (const { version, redactions } of events) if (redactions.length > 0) redacted.push({ version, redactions });
  }
  return redacted;
};
