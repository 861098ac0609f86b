import type { Put } from '@aws-sdk/client-dynamodb';
import { MAX_TRANSACTION_ITEMS, MAX_TRANSACTION_SIZE } from '@castore-dynamodb/commons';

import { itemSize } from '../codec/itemSize.js';
import { InvalidEventGroupError } from '../errors.js';
import type { PreparedCheck } from './aggregateChecks.js';
import type { PreparedEvent } from './prepareEvent.js';

/** What a transaction consists of. */
export interface TransactionParts {
  readonly group: readonly PreparedEvent[];
  readonly checks: readonly PreparedCheck[];
  readonly alongside: readonly Put[];
}

/** @throws InvalidEventGroupError for more than 100 items, or more than 4 MB */
export const checkTransactionSize = ({ group, checks, alongside }: TransactionParts): void => {
  const count = group.length + checks.length + alongside.length;
  const others = [...checks.map(({ conditionCheck }) => conditionCheck.Key), ...alongside.map(({ Item = {} }) => Item)];
  const bytes = [...group.map(({ size }) => size), ...others.map(itemSize)].reduce((sum, size) => sum + size);
  if (count <= MAX_TRANSACTION_ITEMS && bytes <= MAX_TRANSACTION_SIZE) return;
  throw new InvalidEventGroupError(
    count > MAX_TRANSACTION_ITEMS ? 'too-many-events' : 'too-large',
    `it has ${group.length} events, ${checks.length} checks and ${alongside.length} items alongside, ${bytes} bytes: a ` +
      `DynamoDB transaction has ${MAX_TRANSACTION_ITEMS} items and ${MAX_TRANSACTION_SIZE} bytes at most.`,
  );
};
