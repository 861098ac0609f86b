import assert from 'node:assert/strict';
import { types } from 'node:util';

import { type EventDetail, type EventStoreContext, isEventAlreadyExistsError } from '@castore/core';

import { inThisRealm } from './sameRealm.js';
import type { TestStore } from './testStores.js';

export const assertEqual = (actual: unknown, expected: unknown): void =>
  assert.deepStrictEqual(inThisRealm(actual), inThisRealm(expected));

export const areEqual = (actual: unknown, expected: unknown): boolean => {
  try {
    assertEqual(actual, expected);
    return true;
  } catch {
    return false;
  }
};

/** What `action` rejects with, or throws; fails if it does neither. */
export const rejectionOf = async (action: () => Promise<unknown>, what: string): Promise<unknown> => {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return assert.fail(`${what} was accepted`);
};

/** Fails if any of the actions is accepted, and says which. */
export const assertAllRefused = async (actions: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> => {
  const accepted: string[] = [];
  for (const [what, action] of Object.entries(actions)) {
    await action().then(
      () => accepted.push(what),
      () => undefined,
    );
  }
  assertEqual({ accepted }, { accepted: [] });
};

/** Fails unless the aggregate has exactly these events. */
export const assertStored = async (store: TestStore, aggregateId: string, events: EventDetail[]): Promise<void> =>
  assertEqual(await store.read(aggregateId), events);

/** Fails unless Castore recognises the error as a conflict. */
export const assertConflict = (error: unknown): void => {
  assert.ok(types.isNativeError(error), `${String(error)} is no Error`);
  assert.ok(isEventAlreadyExistsError(error), `Castore does not recognise this as a conflict: ${error.stack}`);
};

/** Fails unless the error is a conflict that names the event. */
export const assertConflictOf = (
  error: unknown,
  { eventStoreId }: EventStoreContext,
  { aggregateId, version }: EventDetail,
): void => {
  assertConflict(error);
  const named = error as { eventStoreId?: unknown; aggregateId?: unknown; version?: unknown };
  assertEqual(
    { eventStoreId: named.eventStoreId, aggregateId: named.aggregateId, version: named.version },
    { eventStoreId, aggregateId, version },
  );
};
