import type { EventTableLayout } from '@castore-dynamodb/table';
import { Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { capacity } from './billing.js';
import { defined } from './defined.js';
import type { EventTableProps } from './EventTableProps.js';
import { InvalidEventTablePropsError } from './InvalidEventTablePropsError.js';
import { eventTableKeys } from './tableKeys.js';

/** What the CDK's table is made from, with the defaults of an event table. */
export const tableProps = (
  layout: EventTableLayout,
  {
    billing = { mode: 'on-demand' },
    encryption = dynamodb.TableEncryptionV2.awsManagedKey(),
    pointInTimeRecovery = true,
    deletionProtection = true,
    replicaRegions = [],
    ...props
  }: EventTableProps,
  stackRegion: string,
): dynamodb.TablePropsV2 => {
  const { index, ...keys } = eventTableKeys(layout);
  const { billing: tableBilling, index: indexCapacity } = capacity(billing);
  checkEncryption(encryption, stackRegion);

  return {
    ...keys,
    globalSecondaryIndexes: [{ ...index, ...indexCapacity }],
    billing: tableBilling,
    encryption,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: pointInTimeRecovery },
    deletionProtection,
    replicas: replicaRegions.map(region => ({ region })),
    ...defined({
      tableName: props.tableName,
      removalPolicy: props.removalPolicy,
      dynamoStream: streamViewType(props.stream, replicaRegions),
      contributorInsightsSpecification: props.contributorInsights && { enabled: true, mode: props.contributorInsights },
      tableClass: props.tableClass,
      timeToLiveAttribute: props.timeToLiveAttribute,
    }),
  };
};

/** The CDK tells the keys of replicas from the table's by their region, and fails late, and darkly, without one. */
export const checkEncryption = ({ tableKey }: dynamodb.TableEncryptionV2, stackRegion: string): void => {
  if (tableKey === undefined || !Token.isUnresolved(stackRegion)) return;
  throw new InvalidEventTablePropsError(
    'encryption',
    'by a customer key needs to know the region of its stack: give the stack an env.region.',
  );
};

/**
 * DynamoDB replicates from a stream of new and old images, whose type cannot be changed while there are replicas.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-dynamodb-globaltable-streamspecification.html
 */
const streamViewType = (
  stream: dynamodb.StreamViewType | undefined,
  replicaRegions: readonly string[],
): dynamodb.StreamViewType | undefined => {
  if (replicaRegions.length === 0) return stream;
  if (stream === undefined || stream === dynamodb.StreamViewType.NEW_AND_OLD_IMAGES) {
    return dynamodb.StreamViewType.NEW_AND_OLD_IMAGES;
  }
  throw new InvalidEventTablePropsError(
    'stream',
    `is ${stream}, but a table with replicas streams NEW_AND_OLD_IMAGES: leave it out. Each record holds the new image too.`,
  );
};
