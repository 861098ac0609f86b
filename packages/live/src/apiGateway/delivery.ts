import { mapConcurrently, pause } from '@castore-dynamodb/commons';
import type { EventBatch } from '@castore-dynamodb/streams';

import { TIMES } from '../times.js';
import type { Audience, FoundListener } from './audience.js';
import { matcherOf } from './gatewayInterest.js';
import type { EventsAtHand, LoggedEvents, LoggedOutgoing } from './loggedEvents.js';
import { eventMessages } from './messages.js';
import type { Poster } from './poster.js';
import type { LogEntry, LogHead, SharedLog } from './sharedLog.js';

export interface DeliveryOptions {
  readonly log: SharedLog;
  readonly audience: Audience;
  readonly events: LoggedEvents;
  readonly poster: Poster;
}

/** Entries that are sent at a time. One has up to 1,000 events. */
const MAX_ENTRIES = 10;

const POSTS_AT_A_TIME = 50;

/** Between looks at how far others have come, in milliseconds. */
const LOOK_MS = 100;

/**
 * Sends the log's entries to those who want them. Each connection gets them in the order of the log, or is closed: then its
 * client comes back and is sent what it has not got. So an entry is `delivered` when everybody has it or is gone.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  /** What this process has written, until it is delivered: it need not be read again. */
  readonly #written = new Map<number, EventBatch['runs']>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  async write(batch: EventBatch): Promise<void> {
    this.#written.set(await this.#options.log.append(batch), batch.runs);
  }

  /** Delivers whatever is not delivered yet. False if it has run out of time. */
  async deliver({ hasTime }: { readonly hasTime: () => boolean }): Promise<boolean> {
    const { log, audience } = this.#options;
    for (;;) {
      const { logId, delivered, entry } = await this.#awaitTurn(hasTime);
      this.#forgetWritten(delivered);
      if (delivered >= entry) return true;
      // Step by step, so that what is done is not done again if there is no time for the rest.
      const last = Math.min(entry, delivered + MAX_ENTRIES);
      const entries = await log.readAll(delivered + 1, last);
      // After `delivered` was read: who could not be sent what is delivered is not listed any more.
      const listeners = await audience.of(entries);
      if (listeners.length > 0 && !(await this.#send(logId, entries, listeners, hasTime))) return false;
      await log.markDelivered(last);
      this.#forgetWritten(last);
      if (last === entry) return true;
    }
  }

  #forgetWritten(delivered: number): void {
    for (const entry of this.#written.keys()) if (entry <= delivered) this.#written.delete(entry);
  }

  async #send(
    logId: string,
    entries: readonly LogEntry[],
    listeners: readonly FoundListener[],
    hasTime: () => boolean,
  ): Promise<boolean> {
    const matchers = [...new Set(listeners.map(({ interest }) => matcherOf(interest)))];
    const outgoing = await this.#options.events.outgoing(
      logId,
      entries,
      event => matchers.some(wants => wants(event)),
      this.#atHand,
    );
    const messagesFor = messagesByInterest(entries, outgoing);
    const isDone = await mapConcurrently(listeners, POSTS_AT_A_TIME, listener =>
      this.#sendTo(listener, messagesFor(listener), hasTime),
    );
    return isDone.every(Boolean);
  }

  async #sendTo(listener: FoundListener, messages: readonly string[], hasTime: () => boolean): Promise<boolean> {
    const { audience, poster } = this.#options;
    const { connectionId, partitions } = listener;
    for (const message of messages) {
      if (!hasTime()) return false;
      const result = await poster.post(connectionId, message);
      if (result === 'sent') continue;
      await audience.remove(connectionId, partitions);
      // Also if it is said to be gone: a client that is there after all would hear nothing.
      await poster.close(connectionId);
      return true;
    }
    return true;
  }

  /**
   * Entries that others have written, they deliver. If they do not get on with it, they may have failed, and it is done
   * here: nobody gets anything out of order, but perhaps twice, which clients notice.
   */
  async #awaitTurn(hasTime: () => boolean): Promise<LogHead> {
    let head = await this.#options.log.head();
    for (let waited = 0; waited < TIMES.deliveryTurn && hasTime() && !this.#isMine(head); waited += LOOK_MS) {
      await pause(LOOK_MS);
      const next = await this.#options.log.head();
      if (next.delivered > head.delivered) waited = 0;
      head = next;
    }
    return head;
  }

  /** Whether the next entry to be delivered was written here, or there is none. */
  #isMine({ delivered, entry }: LogHead): boolean {
    return delivered >= entry || this.#written.has(delivered + 1);
  }

  readonly #atHand: EventsAtHand = (entry, { eventStoreId, aggregateId }) =>
    this.#written.get(entry)?.find(run => run.eventStoreId === eventStoreId && run.aggregateId === aggregateId)?.events;
}

/** Messages are the same for all who want the same. */
const messagesByInterest = (entries: readonly LogEntry[], outgoing: ReadonlyMap<number, readonly LoggedOutgoing[]>) => {
  const composed = new Map<string, readonly string[]>();
  return ({ interest, from }: FoundListener): readonly string[] => {
    const first = Math.max(from + 1, entries[0]?.number ?? 0);
    const key = `${first} ${interest.hash}`;
    const known = composed.get(key);
    if (known !== undefined) return known;
    const wants = matcherOf(interest);
    const wanted = entries
      .filter(({ number }) => number >= first)
      .flatMap(({ number }) => outgoing.get(number) ?? [])
      .filter(wants);
    const messages = eventMessages('events', wanted);
    composed.set(key, messages);
    return messages;
  };
};
