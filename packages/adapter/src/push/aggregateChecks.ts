import type { ConditionCheck } from '@aws-sdk/client-dynamodb';
import type { EventStorageAdapter } from '@castore/core';
import { checkObject, InvalidArgumentError, refuse } from '@castore-dynamodb/commons';
import { EVENT_TABLE_PK, EVENT_TABLE_SK } from '@castore-dynamodb/table';

import { checkAggregateId, checkEventStoreId } from '../checks.js';
import type { EventLocation } from '../errors.js';
import type { EventStorage } from '../eventStorage.js';
import { findRepetition, requireStorage } from './checkEventGroup.js';
import { IS_NO_EVENT, type PreparedEvent } from './prepareEvent.js';

/** That an aggregate still ends at a version when a group is written. `unchanged` of `@castore-dynamodb/commands` makes it. */
export interface AggregateCheck {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  /** The version of its last event; 0 if it must have none. */
  readonly version: number;
  /** An adapter of this package. */
  readonly eventStorageAdapter: EventStorageAdapter;
}

/** A check whose arguments were checked, ready to be sent. */
export interface PreparedCheck {
  readonly storage: EventStorage;
  /** The event that must not be there: the one after the last. */
  readonly location: EventLocation;
  /** The `ConditionCheck` of a transaction. */
  readonly conditionCheck: ConditionCheck & { TableName: string; Key: NonNullable<ConditionCheck['Key']> };
}

/** @throws InvalidArgumentError; InvalidEventGroupError for an adapter that is not of this package. */
export const prepareChecks = (checks: unknown): PreparedCheck[] => {
  if (!Array.isArray(checks)) refuse('options.checks', 'an array', checks);
  return Array.from(checks as AggregateCheck[], (check, index) => prepareCheck(check, `options.checks[${index}]`));
};

const prepareCheck = (check: AggregateCheck, argument: string): PreparedCheck => {
  checkObject(check, argument);
  const { eventStoreId, aggregateId, version, eventStorageAdapter } = check;
  const storage = requireStorage(eventStorageAdapter, undefined, `${argument}: `);
  const { layout } = storage;
  checkEventStoreId(layout, eventStoreId, `${argument}.eventStoreId`);
  checkAggregateId(layout, eventStoreId, aggregateId, `${argument}.aggregateId`);
  if (!Number.isSafeInteger(version) || version < 0 || version === Number.MAX_SAFE_INTEGER) {
    refuse(`${argument}.version`, "the version of the aggregate's last event, or 0 if it has none", version);
  }
  const next = version + 1;
  return {
    storage,
    location: { eventStoreId, aggregateId, version: next },
    conditionCheck: {
      TableName: storage.tableName(),
      Key: {
        [EVENT_TABLE_PK]: { S: layout.partitionKey(eventStoreId, aggregateId) },
        [EVENT_TABLE_SK]: { N: String(next) },
      },
      ...IS_NO_EVENT,
    },
  };
};

/**
 * A transaction looks at every item once, and an aggregate that it writes is checked by the write itself.
 *
 * @throws InvalidArgumentError for an aggregate that the group writes, or that another check is about.
 */
export const refuseNeedlessChecks = (checks: readonly PreparedCheck[], group: readonly PreparedEvent[]): void => {
  const written = new Set(group.map(({ put }) => aggregateKey(put.TableName, put.Item)));
  const keys = checks.map(({ conditionCheck: { TableName, Key } }) => aggregateKey(TableName, Key));
  const needless = keys.findIndex(key => written.has(key));
  if (needless !== -1) {
    throw new InvalidArgumentError(
      `options.checks[${needless}]`,
      'the same transaction writes this aggregate, which checks it. Leave the check out.',
    );
  }
  const repetition = findRepetition(keys);
  if (repetition !== undefined) {
    const [index, earlier] = repetition;
    throw new InvalidArgumentError(
      `options.checks[${index}]`,
      `options.checks[${earlier}] is about the same aggregate.`,
    );
  }
};

const aggregateKey = (tableName: string | undefined, item: PreparedCheck['conditionCheck']['Key']): string =>
  JSON.stringify([tableName, item[EVENT_TABLE_PK]?.S]);
