import type { EventTableLayout } from '@castore-dynamodb/table';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

import type { EventTableStreamHandler } from './EventTableStreamHandler.js';
import type { StreamHandlerProps } from './StreamHandlerProps.js';

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

  /** The stream's ARN, where there is a stream: one was asked for, there are replicas, or it was named. */
  readonly streamArn: string | undefined;

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

  /**
   * Has Lambda call a function with the table's stream: one whose handler `createStreamHandler` of
   * `@castore-dynamodb/streams` made, or that reports its partial batch failures as that does. The event source mapping,
   * the failure queue and the alarms lie in the function's stack.
   *
   * The function is allowed to read this stream, to query the table for events that it did not see (`grantGetEvents`), and
   * to send to the failure queue. What its projections do in their own table is `ProjectionTable.grantProjections`.
   *
   * Two functions at most should read a stream, and one where the table has replicas; more may be throttled. Several
   * projections can share one function. Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
   *
   * @throws InvalidEventTablePropsError where the table has no stream of new images, or a prop is out of range.
   */
  addStreamHandler(handler: lambda.IFunction, props?: StreamHandlerProps): EventTableStreamHandler;
}
