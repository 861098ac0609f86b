import type { EventTableAction } from '@castore-dynamodb/table';

/** What doctor looks for, one file of `checks` each. */
export type CheckName =
  | 'table'
  | 'stream'
  | 'gap'
  | 'duplicated-first-event'
  | 'unlisted-aggregate'
  | 'foreign-item'
  | 'snapshot'
  | 'parked-aggregate'
  | 'projection-behind'
  | 'missing-permission';

/** Something that doctor has found, as data. Its texts may quote ids, which somebody else has written. */
export interface Finding {
  readonly check: CheckName;
  /** A remark is worth knowing, and may be as it should: it does not count for the exit code. */
  readonly severity: 'problem' | 'remark';
  readonly tableName?: string;
  readonly eventStoreId?: string;
  readonly aggregateId?: string;
  readonly version?: number;
  readonly projection?: string;
  readonly action?: EventTableAction;
  /** What was found, in a sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  /** The request that does it, if one does: an operation of DynamoDB with its input. */
  readonly request?: { readonly operation: 'UpdateItem'; readonly input: object };
}

/** In which order they are thought of as one goes from the table to what is made of it. */
export const problem = (check: CheckName, finding: Omit<Finding, 'check' | 'severity'>): Finding => ({
  check,
  severity: 'problem',
  ...finding,
});
