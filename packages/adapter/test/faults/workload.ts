import type { EventDetail } from '@castore/core';
import { isEventAlreadyExistsError } from '@castore/core';

import { DynamoDbEventAlreadyExistsError } from '../../src/index.js';
import type { Adapter } from '../support.js';
import { accountStore, depositCommand, depositTwiceCommand } from './faultySupport.js';

export const EVENT_STORE_IDS = ['ACCOUNTS', 'SAVINGS'] as const;

/** What a writer reaches the event stores with, in the order of their ids. */
export type WriterAdapters = readonly [Adapter, Adapter];

export type ActionKind = 'push' | 'command' | 'group command';

/** One business action, whose id is in the payload of each of its events. */
export interface Action {
  kind: ActionKind;
  id: string;
  aggregateId: string;
}

export type Result =
  | { kind: 'acknowledged' }
  | { kind: 'conflict'; error: DynamoDbEventAlreadyExistsError }
  | { kind: 'sdk error'; name: string }
  /** Neither the coded conflict with its winner nor an error of the SDK: a fault of ours. */
  | { kind: 'unexpected error'; error: unknown };

export interface FinishedAction extends Action {
  result: Result;
}

export interface Connection {
  adapters: WriterAdapters;
  /** What the adapters' client has thrown. */
  sdkErrors: WeakSet<object>;
}

/**
 * How long a client lives. One that repeats many requests has no more repetitions to spend after some time, and would
 * have nothing but errors from then on.
 */
const ACTIONS_PER_CLIENT = 25;

/** A writer with a client of its own, which does one action after the other. */
export class Writer {
  readonly #connect: () => Connection;
  #connection: Connection;
  #actions = 0;
  /** The conflicts that Castore's command has retried. */
  readonly retried: DynamoDbEventAlreadyExistsError[] = [];

  constructor(connect: () => Connection) {
    this.#connect = connect;
    this.#connection = connect();
  }

  async perform(action: Action): Promise<FinishedAction> {
    this.#actions += 1;
    if (this.#actions % ACTIONS_PER_CLIENT === 0) this.#connection = this.#connect();
    try {
      await this.#run(action);
      return { ...action, result: { kind: 'acknowledged' } };
    } catch (error) {
      return { ...action, result: this.#judge(error) };
    }
  }

  #run({ kind, aggregateId, id }: Action): Promise<unknown> {
    const [accounts, savings] = EVENT_STORE_IDS.map((storeId, index) =>
      accountStore(storeId, this.#connection.adapters[index] as Adapter),
    ) as [ReturnType<typeof accountStore>, ReturnType<typeof accountStore>];
    const onConflict = (error: Error): void => {
      if (error instanceof DynamoDbEventAlreadyExistsError) this.retried.push(error);
    };
    const input = { aggregateId, action: id };
    switch (kind) {
      case 'push':
        return accounts.pushEvent({ aggregateId, version: 1, type: 'DEPOSITED', payload: { amount: 1, action: id } });
      case 'command':
        return depositCommand(accounts, 100, onConflict).handler(input, [accounts]);
      case 'group command':
        return depositTwiceCommand([accounts, savings], 100, onConflict).handler(input, [accounts, savings]);
    }
  }

  #judge(error: unknown): Result {
    if (this.#connection.sdkErrors.has(error as object)) return { kind: 'sdk error', name: (error as Error).name };
    if (error instanceof DynamoDbEventAlreadyExistsError && isEventAlreadyExistsError(error)) {
      return { kind: 'conflict', error };
    }
    return { kind: 'unexpected error', error };
  }
}

/** Every event that is stored, by event store and aggregate. */
export type Stored = Map<string, EventDetail[]>;

export const keyOf = (eventStoreId: string, aggregateId: string): string => JSON.stringify([eventStoreId, aggregateId]);

export const readAll = async (adapters: WriterAdapters, actions: readonly Action[]): Promise<Stored> => {
  const stored: Stored = new Map();
  for (const aggregateId of new Set(actions.map(action => action.aggregateId))) {
    for (const [index, eventStoreId] of EVENT_STORE_IDS.entries()) {
      const { events } = await (adapters[index] as Adapter).getEvents(aggregateId, { eventStoreId });
      stored.set(keyOf(eventStoreId, aggregateId), events);
    }
  }
  return stored;
};
