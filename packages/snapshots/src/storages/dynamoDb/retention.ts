import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import { checkPositive, checkString } from '../../checkArgument.js';
import { checkKeepNewest, type KeepNewest } from '../retention.js';

/**
 * Lets DynamoDB delete snapshots so many days after they were taken, free of charge, by the table's time to live. Which
 * has to be switched on for the attribute.
 */
export interface KeepDays {
  readonly days: number;
  /** The table's time-to-live attribute. @default 'expiresAt' */
  readonly attribute?: string;
}

export type SnapshotRetention = KeepNewest | KeepDays;

const SECONDS_OF_A_DAY = 24 * 60 * 60;

export const checkRetention = (retention: SnapshotRetention | undefined): void => {
  if (retention === undefined || 'newest' in retention) return checkKeepNewest(retention);
  checkPositive(retention.days, 'options.retention.days');
  if (retention.attribute !== undefined) checkString(retention.attribute, 'options.retention.attribute');
};

/** The attribute by which DynamoDB knows when to delete an item, where that is wanted. */
export const expiry = (retention: SnapshotRetention | undefined, takenAt: string): Record<string, AttributeValue> => {
  if (retention === undefined || 'newest' in retention) return {};
  const { days, attribute = 'expiresAt' } = retention;
  return { [attribute]: { N: String(Math.ceil(Date.parse(takenAt) / 1000 + days * SECONDS_OF_A_DAY)) } };
};
