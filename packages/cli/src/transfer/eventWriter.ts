import { putTableItem, type TableItem } from '@castore-dynamodb/adapter';
import { describeErrorInWords, isNamed, mapConcurrently } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_PUSH_ID_KEY,
  EVENT_TABLE_REDACTIONS_KEY,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import { areEqualItems } from './canonical.js';
import { UntransferableEventError } from './errors.js';
import { fromItem, type StoredEvent, toItem } from './storedEvent.js';
import { patiently, type TransferTable } from './transferTable.js';

/** An event whose place in the target is taken by another one, which stays. */
export interface Conflict {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
}

/** Aggregates that are written at the same time. */
const AT_A_TIME = 16;

const MAX_REDACTIONS = 5;

/**
 * Writes events where there are none. The events of an aggregate are written one after the other, by version, so that no reader
 * sees one without those before it; the stream of the table has them in that order. Nothing is overwritten: an equal event that
 * is there counts as done, a different one is a conflict, and what comes after it in its aggregate is left out.
 */
export class EventWriter {
  written = 0;
  /** Were there already, equal. Those that come again by the stream are not counted. */
  present = 0;
  /** Were there as they had been before they were redacted. */
  redacted = 0;
  readonly conflicts: Conflict[] = [];
  readonly #target: TransferTable;
  readonly #signal: AbortSignal;
  readonly #redacts: boolean;
  readonly #blocked = new Set<string>();

  /** @param redacts whether what was redacted at its source since it was written is redacted here too */
  constructor(target: TransferTable, signal: AbortSignal, { redacts }: { redacts: boolean }) {
    this.#target = target;
    this.#signal = signal;
    this.#redacts = redacts;
  }

  /** Events of any aggregates; those of each in version order. @param isRepeated whether an earlier call may have had them */
  async write(events: readonly StoredEvent[], { isRepeated = false } = {}): Promise<void> {
    const failures: unknown[] = [];
    await mapConcurrently([...byAggregate(events)], AT_A_TIME, async ([key, ofAggregate]) => {
      try {
        for (const event of ofAggregate) {
          this.#signal.throwIfAborted();
          if (failures.length > 0 || this.#blocked.has(key)) return;
          await this.#writeEvent(key, event, isRepeated);
        }
      } catch (error) {
        // Thrown when the others have ended too: nothing is under way any more then, and the counts are right.
        failures.push(error);
      }
    });
    if (failures.length > 0) throw failures[0];
  }

  async #writeEvent(key: string, event: StoredEvent, isRepeated: boolean): Promise<void> {
    const item = toItem(this.#target.placement.layout, event);
    let result = await this.#put(item).catch((error: unknown) => {
      if (!isNamed(error, 'ValidationException')) throw error;
      throw new UntransferableEventError(event, `DynamoDB refuses it. ${describeErrorInWords(error)}`);
    });
    // Once more for each redaction that another copy may have written meanwhile.
    const maxAttempts = this.#redacts ? MAX_REDACTIONS : 0;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      if (result.outcome === 'written' || result.found === undefined || !isBeforeRedaction(result.found, item)) break;
      result = await this.#put(item, result.found);
      if (result.outcome === 'written') {
        this.redacted += 1;
        return;
      }
    }
    if (result.outcome === 'written') this.written += 1;
    // Also if the answer to this very write was lost.
    else if (this.#isSame(result.found, event)) this.present += Number(!isRepeated);
    else {
      const { eventStoreId, aggregateId, version } = event;
      this.conflicts.push({ eventStoreId, aggregateId, version });
      this.#blocked.add(key);
    }
  }

  /** Whether an item is this event, wherever the index lists it. */
  #isSame(item: TableItem | undefined, { attributes }: StoredEvent): boolean {
    const found = item && fromItem(this.#target.placement, item);
    return found !== undefined && typeof found !== 'string' && areEqualItems(found.attributes, attributes);
  }

  #put(item: TableItem, before?: TableItem) {
    const { dynamoDbClient, tableName } = this.#target;
    return patiently(this.#signal, () => putTableItem(dynamoDbClient, { tableName, item, before }));
  }
}

const byAggregate = (events: readonly StoredEvent[]): Map<string, StoredEvent[]> => {
  const aggregates = new Map<string, StoredEvent[]>();
  for (const event of events) {
    const key = JSON.stringify([event.eventStoreId, event.aggregateId]);
    const ofAggregate = aggregates.get(key);
    if (ofAggregate === undefined) aggregates.set(key, [event]);
    else ofAggregate.push(event);
  }
  return aggregates;
};

/** Whether an item is the same event with fewer redactions. */
const isBeforeRedaction = (former: TableItem, item: TableItem): boolean => {
  const redactions = item[EVENT_TABLE_REDACTIONS_KEY]?.L ?? [];
  const formerRedactions = former[EVENT_TABLE_REDACTIONS_KEY]?.L ?? [];
  const identityOf = (of: TableItem, list: typeof redactions): TableItem => ({
    redactions: { L: list },
    pushId: of[EVENT_TABLE_PUSH_ID_KEY] ?? { NULL: true },
    timestamp: of[EVENT_TABLE_TIMESTAMP_KEY] ?? { NULL: true },
  });
  return (
    formerRedactions.length < redactions.length &&
    areEqualItems(identityOf(former, formerRedactions), identityOf(item, redactions.slice(0, formerRedactions.length)))
  );
};
