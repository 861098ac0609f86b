import {
  type EventTableOperation,
  PROJECTION_TABLE_EXPIRES_AT_KEY,
  PROJECTION_TABLE_PK,
  PROJECTION_TABLE_SK,
  type SubjectKeyOperation,
} from '@castore-dynamodb/table';
import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import { checkBoolean, checkProps, checkTableName, defined, type PropNames } from './checks.js';
import { grantOperation } from './grantOperation.js';
import { grantSubjectKeys, type WrappingKeys } from './grantSubjectKeys.js';
import { checkEncryption, checkRemovalPolicy, warnOfProtection } from './tableChecks.js';

/** What can be said about a table of projections; nothing has to be. */
export interface ProjectionTableProps {
  /**
   * The table's name.
   *
   * @default - CloudFormation makes one up
   */
  readonly tableName?: string;

  /**
   * The key that encrypts the table. With a customer key every grant includes `kms:Decrypt` on it.
   *
   * @default TableEncryptionV2.awsManagedKey()
   */
  readonly encryption?: dynamodb.TableEncryptionV2;

  /**
   * Whether the table can be restored, as a new table, to any second of the last 35 days. Views can also be made anew
   * from the events, by a replay.
   *
   * @default true
   */
  readonly pointInTimeRecovery?: boolean;

  /**
   * Whether DynamoDB deletes items some time after the moment in their attribute `expiresAt` (N, seconds since 1970): the
   * results of `runOnce`, and any view that has such a number.
   *
   * @default false
   */
  readonly timeToLive?: boolean;

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
}

const NAMES = {
  tableName: true,
  encryption: true,
  pointInTimeRecovery: true,
  timeToLive: true,
  deletionProtection: true,
  removalPolicy: true,
} satisfies PropNames<ProjectionTableProps>;

/**
 * A DynamoDB table for the views, positions and parked aggregates of `@castore-dynamodb/streams`: any number of
 * projections, with the string keys `pk` and `sk`. Indexes that views are queried by are added to `table`.
 *
 * If a customer key encrypts the table, each grant adds `kms:Decrypt` on that key, through DynamoDB only.
 *
 * @example
 * ```ts
 * const views = new ProjectionTable(stack, 'Views');
 * views.grantProjections(projector);
 * events.addStreamHandler(projector);
 * ```
 */
export class ProjectionTable extends Construct {
  /** The table's name: what projections and checkpoint stores take as `tableName`. */
  readonly tableName: string;

  /** The table's ARN. */
  readonly tableArn: string;

  /** The underlying table, for whatever has no name here. */
  readonly table: dynamodb.TableV2;

  readonly #hasAwsManagedKey: boolean;

  /** @throws InvalidEventTablePropsError for props that mean nothing, or cannot be deployed. */
  constructor(scope: Construct, id: string, props: ProjectionTableProps = {}) {
    super(scope, id);
    checkProps(props, NAMES);
    const { encryption = dynamodb.TableEncryptionV2.awsManagedKey() } = props;
    checkTableName(props.tableName);
    checkRemovalPolicy(props.removalPolicy);
    checkBoolean('pointInTimeRecovery', props.pointInTimeRecovery);
    checkBoolean('timeToLive', props.timeToLive);
    checkBoolean('deletionProtection', props.deletionProtection);
    checkEncryption(encryption, Stack.of(this).region);
    warnOfProtection(this, props);

    this.table = new dynamodb.TableV2(this, 'Table', {
      partitionKey: { name: PROJECTION_TABLE_PK, type: dynamodb.AttributeType.STRING },
      sortKey: { name: PROJECTION_TABLE_SK, type: dynamodb.AttributeType.STRING },
      billing: dynamodb.Billing.onDemand(),
      encryption,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.pointInTimeRecovery ?? true },
      deletionProtection: props.deletionProtection ?? true,
      ...defined({
        tableName: props.tableName,
        timeToLiveAttribute: props.timeToLive === true ? PROJECTION_TABLE_EXPIRES_AT_KEY : undefined,
        removalPolicy: props.removalPolicy,
      }),
    });
    this.#hasAwsManagedKey = encryption.type === dynamodb.TableEncryption.AWS_MANAGED;
    this.tableName = this.table.tableName;
    this.tableArn = this.table.tableArn;
  }

  /**
   * Allows what projections do, in a stream handler, a poller or a replay: `dynamodb:BatchGetItem`, `PutItem` and
   * `DeleteItem` on the table.
   */
  grantProjections(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'dynamoDbProjection');
  }

  /** Allows `getView`: `dynamodb:BatchGetItem` on the table. */
  grantGetView(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'getView');
  }

  /** Allows `listParked`: `dynamodb:Query` on the table. */
  grantListParked(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'listParked');
  }

  /** Allows `retryParked`, here what `grantProjections` does. It needs `grantGetEvents` of the event table too. */
  grantRetryParked(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'retryParked');
  }

  /**
   * Allows `replayEvents` to keep its checkpoints here, which includes what `grantProjections` does, and `dynamodb:Query`.
   * It needs `grantReplayEvents` of the event table too.
   */
  grantReplayEvents(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'replayEvents');
  }

  /**
   * Allows a `StreamPoller` to keep its lock and its checkpoints here, which includes what `grantProjections` does, and
   * `dynamodb:Query`. It needs `grantStreamPoller` of the event table too.
   */
  grantStreamPoller(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'streamPoller');
  }

  /** Allows `deleteProjection`: `dynamodb:Scan` and `BatchWriteItem` on the table. */
  grantDeleteProjection(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'deleteProjection');
  }

  /** Allows `runOnce` to keep its results here: `dynamodb:Query` and `PutItem` on the table. */
  grantRunOnce(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'runOnce');
  }

  /**
   * Allows the `handler` of `createFeedHandlers` to keep connections here, and to read what came: `dynamodb:GetItem`,
   * `PutItem`, `UpdateItem`, `Query` and `BatchWriteItem` on the table. It needs `grantGetEvents` of the event tables too.
   */
  grantLiveFeedConnections(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'liveFeedConnections');
  }

  /** Allows the `projection` of `createFeedHandlers` the same, and `dynamodb:BatchGetItem`. */
  grantLiveFeedDeliveries(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'liveFeedDeliveries');
  }

  /**
   * Allows an adapter with `encryption`, whose keys lie here, to read: `dynamodb:Query` on the table, and `kms:Decrypt` on the
   * `keys` that `kmsWrapping` uses.
   */
  grantReadSubjectKeys(grantee: iam.IGrantable, keys: WrappingKeys = {}): iam.Grant {
    return this.#grantWithKeys(grantee, 'readSubjectKeys', keys);
  }

  /** Allows it to push, which includes reading: `dynamodb:PutItem` too, and `kms:GenerateDataKey` on the `wrappingKey`. */
  grantWriteSubjectKeys(grantee: iam.IGrantable, keys: WrappingKeys = {}): iam.Grant {
    return this.#grantWithKeys(grantee, 'writeSubjectKeys', keys);
  }

  /** Allows `forget`: `dynamodb:PutItem` on the table. */
  grantForgetSubject(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, 'forgetSubject');
  }

  /**
   * Allows `rewrap`: `dynamodb:Scan` and `PutItem` on the table; `kms:Decrypt` on the `keys`, and `kms:Encrypt` on the
   * `wrappingKey`.
   */
  grantRewrapSubjectKeys(grantee: iam.IGrantable, keys: WrappingKeys = {}): iam.Grant {
    return this.#grantWithKeys(grantee, 'rewrapSubjectKeys', keys);
  }

  #grantWithKeys(grantee: iam.IGrantable, operation: SubjectKeyOperation, keys: WrappingKeys): iam.Grant {
    const onTable = this.#grant(grantee, operation);
    return grantSubjectKeys(keys, grantee, operation).reduce((all, grant) => all.combine(grant), onTable);
  }

  #grant(grantee: iam.IGrantable, operation: EventTableOperation): iam.Grant {
    const { account, region } = Stack.of(this);
    const secured = {
      account,
      region,
      encryptionKey: this.table.encryptionKey,
      hasAwsManagedKey: this.#hasAwsManagedKey,
      policy: this.table,
    };
    return grantOperation(secured, grantee, operation, { projectionTable: this.tableArn });
  }
}
