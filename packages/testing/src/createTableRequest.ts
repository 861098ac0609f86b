import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** A resource of a CloudFormation template. */
export interface CloudFormationResource {
  Type: string;
  Properties: Record<string, any>;
}

/**
 * What CloudFormation asks of DynamoDB for an `AWS::DynamoDB::GlobalTable` without replicas in other regions, as far
 * as a local engine can do it. Left out are point-in-time recovery, which is a request of its own that neither
 * engine knows, and autoscaling, which is another service.
 */
export const createTableRequest = (
  { Type, Properties }: CloudFormationResource,
  TableName: string,
): CreateTableCommandInput => {
  if (Type !== 'AWS::DynamoDB::GlobalTable') throw new Error(`${Type} is no global table.`);
  const { AttributeDefinitions, KeySchema, BillingMode, SSESpecification, StreamSpecification, Replicas } = Properties;
  const [replica, ...others] = Replicas;
  if (others.length > 0) throw new Error('A local engine has one region.');

  return {
    TableName,
    AttributeDefinitions,
    KeySchema,
    GlobalSecondaryIndexes: Properties['GlobalSecondaryIndexes'],
    BillingMode,
    SSESpecification,
    StreamSpecification: StreamSpecification && { StreamEnabled: true, ...StreamSpecification },
    DeletionProtectionEnabled: replica.DeletionProtectionEnabled,
    TableClass: replica.TableClass,
    Tags: replica.Tags,
  };
};
