import type { DynamoDBClient, Put } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import {
  eventTableOf,
  InvalidEventGroupError,
  type PushEventGroupOptions,
  putAlongside,
} from '@castore-dynamodb/adapter';
import { destinationDifference } from '@castore-dynamodb/commons';

import { UnsupportedPushError, type UnsupportedPushReason } from '../errors.js';
import { type Group, pushGroup } from '../pushGroup.js';

type PushedGroup = { eventGroup: { event: EventDetail }[] };

/**
 * The one push of a handler's run. It is prepared and checked when the handler makes it, and held right before its request
 * is sent, until the handler has returned a result that can be written with it:
 *
 *     handler ── pushEvent ──┬─ (events as they will be stored) ──▶ … ── return result
 *                            ▼                                            │
 *                    checks, gapless read, snapshots ── held ◀── record ──┘
 *                                                        └──▶ TransactWriteItems ──▶ onEventPushed
 */
export class HeldPush {
  readonly #commandId: string;
  readonly #dynamoDbClient: DynamoDBClient;
  #state: 'open' | 'held' | 'closed' = 'open';
  #refusal: UnsupportedPushError | undefined;
  #pushing: Promise<unknown> | undefined;
  /** Whether the events are stored, whatever came after that. */
  isWritten = false;

  readonly #record: Promise<Put>;
  #release!: (record: Put) => void;
  #cancel!: (reason: unknown) => void;

  constructor(commandId: string, dynamoDbClient: DynamoDBClient) {
    this.#commandId = commandId;
    this.#dynamoDbClient = dynamoDbClient;
    this.#record = new Promise((resolve, reject) => {
      this.#release = resolve;
      this.#cancel = reject;
    });
    // Nobody may have asked for it.
    this.#record.catch(() => {});
  }

  /** Refuses a push that must not go past the held one. The refusal also counts if the handler swallows the error. */
  refuse(reason: UnsupportedPushReason): never {
    const error = new UnsupportedPushError(this.#commandId, reason);
    this.#refusal ??= error;
    throw error;
  }

  /** Resolves with the events as they will be stored, before they are. */
  async push(options: PushEventGroupOptions, group: Group): Promise<PushedGroup> {
    if (this.#state === 'held') this.refuse('several-pushes');
    if (this.#state === 'closed') this.refuse('after-return');
    this.#state = 'held';
    try {
      const prepared = new Promise<PushedGroup>(resolve =>
        putAlongside(group[0], async ({ events }) => {
          resolve({ eventGroup: events.map(({ event }) => ({ event })) });
          return [await this.#record];
        }),
      );
      const pushing = this.#send(options, group);
      this.#pushing = pushing;
      // It is awaited when the handler has returned.
      pushing.catch(() => {});
      return await Promise.race([prepared, pushing]);
    } catch (error) {
      // It was refused before anything was sent: the handler may correct it and push again.
      if (this.#state === 'held') this.#state = 'open';
      this.#pushing = undefined;
      throw error;
    }
  }

  async #send(options: PushEventGroupOptions, group: Group): Promise<PushedGroup> {
    const [{ eventStorageAdapter }] = group;
    await this.#refuseOtherDestination(options?.dynamoDbClient ?? eventTableOf(eventStorageAdapter)?.dynamoDbClient);
    return pushGroup(options, group, () => {
      this.isWritten = true;
    });
  }

  async #refuseOtherDestination(client: DynamoDBClient | undefined): Promise<void> {
    const difference = client && (await destinationDifference(this.#dynamoDbClient, client));
    if (difference === undefined) return;
    throw new InvalidEventGroupError(
      'different-accounts-or-regions',
      `its client has ${difference} than the dynamoDbClient of runOnce, and events and result are written in one DynamoDB transaction. Give both the same client if they mean the same place.`,
    );
  }

  /**
   * Sends what is held, with the record of the result.
   *
   * @returns false if the handler has pushed nothing.
   * @throws what the push throws.
   */
  async commit(record: Put): Promise<boolean> {
    this.#state = 'closed';
    if (this.#refusal !== undefined) {
      await this.abandon(this.#refusal);
      throw this.#refusal;
    }
    if (this.#pushing === undefined) return false;
    this.#release(record);
    await this.#pushing;
    return true;
  }

  /** Makes the held push fail, so that nothing is sent. */
  async abandon(reason: unknown): Promise<void> {
    this.#state = 'closed';
    this.#cancel(reason);
    await this.#pushing?.catch(() => {});
  }
}
