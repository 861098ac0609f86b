import type { EventTableLayout } from '@castore-dynamodb/table';
import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';

import type { EventTableBilling } from './billing.js';
import type { EventTableAlarmThresholds } from './tableAlarms.js';

/** Everything that can be said about an event table; nothing has to be. */
export interface EventTableProps {
  /**
   * How events lie in the table: any number of event stores in it (`DynamoDbSingleTableEventStorageAdapter`), or one
   * (`DynamoDbEventStorageAdapter`). It cannot be changed later: another layout is another table.
   *
   * @default 'single-table'
   */
  readonly layout?: EventTableLayout;

  /**
   * The table's name. With replicas, give one: stacks of other regions know the table by it.
   *
   * @default - CloudFormation makes one up
   */
  readonly tableName?: string;

  /**
   * How reads and writes are paid for, of the table and of its index.
   *
   * @default { mode: 'on-demand' }
   */
  readonly billing?: EventTableBilling;

  /**
   * The key that encrypts the table. AWS's own key for DynamoDB in your account needs no grant; KMS requests are
   * billed. With a customer key (`TableEncryptionV2.customerManagedKey(key)`) every grant includes `kms:Decrypt` on
   * it; with replicas it also takes the ARN of a key in each of their regions.
   *
   * @default TableEncryptionV2.awsManagedKey()
   */
  readonly encryption?: dynamodb.TableEncryptionV2;

  /**
   * Whether the table can be restored, as a new table, to any second of the last 35 days.
   *
   * @default true
   */
  readonly pointInTimeRecovery?: boolean;

  /**
   * Whether DynamoDB refuses to delete the table, whoever asks, until this is switched off.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * What happens to the table when it leaves the stack, or the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * What the table's stream holds of each event; projections need `NEW_IMAGE`. With replicas there always is a
   * stream, of `NEW_AND_OLD_IMAGES`.
   *
   * @default - no stream without replicas
   */
  readonly stream?: dynamodb.StreamViewType;

  /**
   * Which keys CloudWatch Contributor Insights reports, for the table and for its index: the throttled ones, or the
   * most accessed ones too, which costs more.
   *
   * @default - no Contributor Insights
   */
  readonly contributorInsights?: dynamodb.ContributorInsightsMode;

  /**
   * The table class. With infrequent access, storage costs less and requests cost more.
   *
   * @default TableClass.STANDARD
   */
  readonly tableClass?: dynamodb.TableClass;

  /**
   * The attribute (N, seconds since 1970) after whose time DynamoDB deletes an item. The adapters never write one to
   * an event; if you do, that event is deleted. Snapshots with `retention: { days }` have `expiresAt`. Another attribute takes
   * two deployments: one without, and an hour later one with the other:
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-dynamodb-table-timetolivespecification.html
   *
   * @default - nothing expires
   */
  readonly timeToLiveAttribute?: string;

  /**
   * The other regions that hold a copy of the table, with the same settings. Write in one region at a time: replicas
   * take writes without asking each other, and of two events pushed as the same version in two regions the later one
   * silently replaces the other.
   *
   * @default - no replicas
   */
  readonly replicaRegions?: readonly string[];

  /**
   * Tags of the table, its replicas and its alarms.
   *
   * @default - none but the stack's
   */
  readonly tags?: Readonly<Record<string, string>>;

  /**
   * Whether to create alarms (`EventTable.alarms`), or from which thresholds on: throttling on the table, and on its
   * index, DynamoDB's own errors, and replication latency to each replica.
   *
   * @default false
   */
  readonly alarms?: boolean | EventTableAlarmThresholds;
}

/** What is known of a table that exists. */
export interface EventTableAttributes {
  /**
   * How events lie in the table.
   *
   * @default 'single-table'
   */
  readonly layout?: EventTableLayout;

  /**
   * The customer key that encrypts the table, in the table's region. Without it no grant covers the key.
   *
   * @default - a key of AWS's, which needs no grant
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The ARN of the table's stream, which must be of new images.
   *
   * @default - no stream, and no `addStreamHandler`
   */
  readonly streamArn?: string;
}
