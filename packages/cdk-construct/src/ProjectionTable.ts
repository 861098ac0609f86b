import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import { defined } from './defined.js';
import { grantOn } from './grants.js';
import type { ProjectionTableProps } from './ProjectionTableProps.js';
import { checkEncryption } from './tableProps.js';

/**
 * A DynamoDB table for the views, positions and parked aggregates of `@castore-dynamodb/streams`: any number of
 * projections, with the string keys `pk` and `sk`. Indexes that views are queried by are added to `table`.
 *
 * Where a customer key encrypts the table, each grant adds `kms:Decrypt` on that key, through DynamoDB only.
 *
 * @example
 * ```ts
 * const views = new ProjectionTable(this, 'Views');
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

  /** @throws InvalidEventTablePropsError for a customer key in a stack that does not know its region. */
  constructor(scope: Construct, id: string, props: ProjectionTableProps = {}) {
    super(scope, id);
    const { encryption = dynamodb.TableEncryptionV2.awsManagedKey() } = props;
    checkEncryption(encryption, Stack.of(this).region);

    this.table = new dynamodb.TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      billing: dynamodb.Billing.onDemand(),
      encryption,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.pointInTimeRecovery ?? true },
      deletionProtection: props.deletionProtection ?? true,
      ...defined({ tableName: props.tableName, removalPolicy: props.removalPolicy }),
    });
    this.tableName = this.table.tableName;
    this.tableArn = this.table.tableArn;
  }

  /**
   * Allows what projections do in a stream handler: `dynamodb:BatchGetItem`, `PutItem` and `DeleteItem` on the table.
   * A transaction needs nothing besides: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
   */
  grantProjections(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem']);
  }

  /** Allows `getView`: `dynamodb:BatchGetItem` on the table. */
  grantGetView(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, ['dynamodb:BatchGetItem']);
  }

  /** Allows `listParked`: `dynamodb:Query` on the table. To retry what is parked takes `grantProjections` too. */
  grantListParked(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, ['dynamodb:Query']);
  }

  #grant(grantee: iam.IGrantable, actions: string[]): iam.Grant {
    const { encryptionKey } = this.table;
    return grantOn(
      { region: Stack.of(this).region, encryptionKey, policy: this.table },
      grantee,
      actions,
      this.tableArn,
    );
  }
}
