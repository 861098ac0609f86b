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
 * If a customer key encrypts the table, each grant adds `kms:Decrypt` on that key, through DynamoDB only.
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

  /** The stream's ARN, if there is a stream: one was asked for, there are replicas, or it was named. */
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

  /** Allows `unchanged`, in a transaction with pushes: `dynamodb:ConditionCheckItem` on the table. */
  grantCheckUnchanged(grantee: iam.IGrantable): iam.Grant;

  /** Allows `readAllEvents`: `dynamodb:Query` on the index and on the table. */
  grantReadAllEvents(grantee: iam.IGrantable): iam.Grant;

  /** Allows `readAllEvents` with `sortOnDisk`, and the Scan of `snapshots.build`: `dynamodb:Scan` and `Query` on the table. */
  grantSortAllEvents(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows `replayEvents` to read the table: `dynamodb:Scan`, `Query` and `DescribeTable`. It needs `grantReplayEvents` of
   * the projection table too.
   */
  grantReplayEvents(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows a `StreamPoller` to read the table's streams: `dynamodb:DescribeStream`, `GetRecords` and `GetShardIterator` on
   * any stream of the table, which has a new one each time it is switched on, and `DescribeTable` and `Query` on the table.
   * It needs `grantStreamPoller` of the projection table too.
   */
  grantStreamPoller(grantee: iam.IGrantable): iam.Grant;

  /** Allows `describeEventTable`: `dynamodb:DescribeTable` on the table. */
  grantDescribeEventTable(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows to read snapshots that this table holds: `dynamodb:Query`. Loads need `grantGetEvents` of the events' table too,
   * which is this very grant if events and snapshots share a table.
   */
  grantReadSnapshots(grantee: iam.IGrantable): iam.Grant;

  /** Allows to write snapshots into this table, in the transaction of the events too: `dynamodb:PutItem`. */
  grantWriteSnapshots(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows to delete snapshots from this table: `dynamodb:Query` and `DeleteItem`. `retention: { newest }`, pushes with
   * `force` and `snapshots.deleteOf` need it; `retention: { days }` does not.
   */
  grantDeleteSnapshots(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows `snapshots.build` and `snapshots.deleteOutdated` on the snapshots in this table: `dynamodb:Query`, `PutItem` and
   * `DeleteItem`. They need `grantGetEvents` and `grantListAggregateIds` of the events' table too; `snapshots.build` with
   * `scan`, `grantSortAllEvents` instead.
   */
  grantMaintainSnapshots(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows `redactEvent`, `eraseAggregate` and `redactionsOf`: `dynamodb:Query` and `PutItem` on the table. The first two need
   * `grantDeleteSnapshots` of the table that holds the snapshots, too.
   */
  grantRedactEvents(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows `deleteAggregate`: `dynamodb:Query`, `DeleteItem` and `ConditionCheckItem` on the table. It needs
   * `grantDeleteSnapshots` of the table that holds the snapshots, too, if that is another one.
   */
  grantDeleteAggregate(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows `deleteEventStore`: `dynamodb:Scan`, `Query`, `DeleteItem` and `ConditionCheckItem` on the table, and `Query` on the
   * index. In a single table that is more than one event store: give it to people and jobs, not to services. It needs
   * `grantDeleteSnapshots` of the table that holds the snapshots, too, if that is another one.
   */
  grantDeleteEventStore(grantee: iam.IGrantable): iam.Grant;

  /**
   * Has Lambda call a function with the table's stream: one whose handler `createStreamHandler` of
   * `@castore-dynamodb/streams` made, or that reports its partial batch failures as that does. The event source mapping,
   * the failure queue and the alarms lie in the function's stack.
   *
   * The function is allowed to read this stream, to query the table for events that it did not see (`grantGetEvents`), and
   * to send to the failure queue. What its projections do in their own table is `ProjectionTable.grantProjections`.
   *
   * Two functions at most should read a stream, and one if the table has replicas; more may be throttled. Several
   * projections can share one function. Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
   *
   * Synthesis warns of more functions than that, and of a function with less than 30 seconds for a batch.
   *
   * @throws InvalidEventTablePropsError if the table has no stream of new images, the function is in another region or
   *   account, was imported without its role, or a prop is out of range.
   */
  addStreamHandler(handler: lambda.IFunction, props?: StreamHandlerProps): EventTableStreamHandler;
}
