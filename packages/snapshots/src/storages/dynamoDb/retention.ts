import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_IS_INITIAL_EVENT_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/adapter';
import { checkDays, checkOptions, checkString, InvalidArgumentError } from '@castore-dynamodb/commons';

import { checkKeepNewest, type KeepNewest } from '../selection.js';
import { ATTRIBUTES } from './snapshotItem.js';

/**
 * Lets DynamoDB delete snapshots so many days after they were taken, free of charge, by the table's time to live. That
 * has to be switched on for the attribute.
 *
 * @example
 * const storage = new DynamoDbSnapshotStorage({ tableName: 'snapshots', dynamoDbClient, retention: { days: 30 } });
 */
export interface KeepDays {
  readonly days: number;
  /** The table's time-to-live attribute. @default 'expiresAt' */
  readonly attribute?: string;
  readonly newest?: never;
}

/**
 * @example
 * const retention: SnapshotRetention = { newest: 1 };
 */
export type SnapshotRetention = KeepNewest | KeepDays;

const SECONDS_OF_A_DAY = 24 * 60 * 60;

/** Attributes that say something else: a time in one of an index's keys would list a snapshot as an aggregate. */
const TAKEN: readonly string[] = [
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_TIMESTAMP_KEY,
  EVENT_TABLE_IS_INITIAL_EVENT_KEY,
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  ...Object.values(ATTRIBUTES),
];

/** @throws InvalidArgumentError */
export const checkRetention = (retention: SnapshotRetention | undefined): void => {
  if (retention === undefined) return;
  checkOptions(retention, 'options.retention', { newest: true, days: true, attribute: true });
  const { newest, days, attribute } = retention as { newest?: number; days?: number; attribute?: string };
  if (newest !== undefined && days !== undefined) {
    throw new InvalidArgumentError('options.retention', 'expected newest or days, and not both of them.');
  }
  if (days === undefined) return checkKeepNewest(retention as KeepNewest);
  checkDays(days, 'options.retention.days');
  if (attribute === undefined) return;
  checkString(attribute, 'options.retention.attribute');
  if (TAKEN.includes(attribute)) {
    throw new InvalidArgumentError(
      'options.retention.attribute',
      `${JSON.stringify(attribute)} is an attribute of events or snapshots; choose another one.`,
    );
  }
};

/** The attribute by which DynamoDB knows when to delete an item, if that is wanted. */
export const expiry = (retention: SnapshotRetention | undefined, takenAt: string): Record<string, AttributeValue> => {
  if (retention?.days === undefined) return {};
  const { days, attribute = 'expiresAt' } = retention;
  return { [attribute]: { N: String(Math.ceil(Date.parse(takenAt) / 1000 + days * SECONDS_OF_A_DAY)) } };
};
