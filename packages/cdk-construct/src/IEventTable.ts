import type { EventTableLayout } from '@castore-dynamodb/table';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * An event table, of this app or one that exists, and what callers may be allowed to do with it.
 *
 * Each grant is for the table in one region. DynamoDB has no endpoint for all regions, and a program should call
 * its own region's: with replicas, a program in another region gets its grants there, from
 * `EventTable.fromTableName` in that region's stack.
 * Source: https://docs.aws.amazon.com/prescriptive-guidance/latest/dynamodb-global-tables/overview.html
 *
 * Where a customer key encrypts the table, each grant adds `kms:Decrypt` on that key, through DynamoDB only.
 */
export interface IEventTable extends IConstruct {
  /** How events lie in the table. */
  readonly layout: EventTableLayout;

  /** The table's name: what the adapters take as `tableName`. */
  readonly tableName: string;

  /** The table's ARN. */
  readonly tableArn: string;

  /** The ARN of the index `initialEvents`. */
  readonly indexArn: string;

  /** Allows `getEvents` and `streamEvents`: `dynamodb:Query` on the table, not on its index. */
  grantGetEvents(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows `pushEvent`, and this table's part in event groups and transactions: `dynamodb:PutItem` on the table.
   *
   * Groups need nothing besides: what a transaction may do is governed by the permissions of the operations in it,
   * so a `Put` by `dynamodb:PutItem` on its item's table; there is no action of its own for `TransactWriteItems`.
   * An adapter with `gapless: true` looks for the version before with a query: grant `grantGetEvents` too.
   * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
   */
  grantPushEvent(grantee: iam.IGrantable): iam.Grant;

  /** Allows `listAggregateIds`: `dynamodb:Query` on the index, not on the table. */
  grantListAggregateIds(grantee: iam.IGrantable): iam.Grant;

  /** Allows all three: what a service needs that loads aggregates, pushes events and lists aggregates. */
  grantReadWrite(grantee: iam.IGrantable): iam.Grant;
}
