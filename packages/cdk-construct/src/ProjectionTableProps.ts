import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

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
