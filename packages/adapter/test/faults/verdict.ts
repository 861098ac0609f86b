import { isDeepStrictEqual } from 'node:util';

import type { EventDetail } from '@castore/core';

import type { DynamoDbEventAlreadyExistsError } from '../../src/index.js';
import { type Action, EVENT_STORE_IDS, type FinishedAction, keyOf, type Stored } from './workload.js';

/** What must not have happened, each with the actions or places it happened to. */
export interface Verdict {
  /** Acknowledged, and not there. */
  lost: string[];
  /** There more than once, acknowledged or not. */
  duplicated: string[];
  /** Groups of which a part is there. */
  torn: string[];
  /** Refused with a conflict, and there all the same: Castore's command would do them twice. */
  refusedButStored: string[];
  /** Aggregates whose versions are not 1, 2, 3… */
  withGaps: string[];
  /** Events of no action. */
  unknown: string[];
  /** Conflicts whose winner is not the event that is stored there, or without one. */
  wrongWinners: string[];
  /** Conflicts of pushes that had no rival. */
  conflictsWithNobody: string[];
  unexpectedErrors: unknown[];
}

const placesOf = ({ kind }: Action): number => (kind === 'group command' ? EVENT_STORE_IDS.length : 1);

const isWinnerStored = (stored: Stored, error: DynamoDbEventAlreadyExistsError): boolean => {
  const events = stored.get(keyOf(error.eventStoreId, error.aggregateId)) ?? [];
  const winner = events.find(({ version }) => version === error.version);
  return winner !== undefined && isDeepStrictEqual(error.winningEvent, winner);
};

/** A transaction under way that outlasted all attempts has no winner yet. */
const isTransactionConflict = ({ cause, winningEvent }: DynamoDbEventAlreadyExistsError): boolean =>
  winningEvent === undefined && /^Transaction(Conflict|Canceled)Exception$/.test((cause as Error).name);

const actionOf = ({ payload }: EventDetail): string => String((payload as { action?: unknown }).action);

export const judge = (
  finished: readonly FinishedAction[],
  conflicts: readonly DynamoDbEventAlreadyExistsError[],
  stored: Stored,
): Verdict => {
  const found = new Map<string, number>(finished.map(({ id }) => [id, 0]));
  const unknown: string[] = [];
  for (const action of [...stored.values()].flat().map(actionOf)) {
    const count = found.get(action);
    if (count === undefined) unknown.push(action);
    else found.set(action, count + 1);
  }
  const withCount = finished.map(action => ({ ...action, count: found.get(action.id) ?? 0 }));
  const idsWhere = (condition: (action: FinishedAction & { count: number }) => boolean): string[] =>
    withCount.filter(condition).map(({ id }) => id);

  return {
    lost: idsWhere(({ result, count }) => result.kind === 'acknowledged' && count === 0),
    duplicated: idsWhere(action => action.count > placesOf(action)),
    torn: idsWhere(action => action.count > 0 && action.count < placesOf(action)),
    refusedButStored: idsWhere(({ result, count }) => result.kind === 'conflict' && count > 0),
    withGaps: [...stored]
      .filter(([, events]) => events.some(({ version }, index) => version !== index + 1))
      .map(String),
    unknown,
    wrongWinners: conflicts
      .filter(error => !isTransactionConflict(error) && !isWinnerStored(stored, error))
      .map(String),
    conflictsWithNobody: idsWhere(({ kind, result }) => kind === 'push' && result.kind === 'conflict'),
    unexpectedErrors: finished.flatMap(({ result }) => (result.kind === 'unexpected error' ? [result.error] : [])),
  };
};
